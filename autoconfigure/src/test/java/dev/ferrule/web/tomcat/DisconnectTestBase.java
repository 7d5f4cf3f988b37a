/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.ferrule.web.tomcat;

import java.nio.file.Path;

import dev.ferrule.testsupport.ServerKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two applications on Tomcat that tests of a class share.
 */
abstract class DisconnectTestBase {

	@TempDir
	private static Path directory;

	static DisconnectApp plain;

	static DisconnectApp tls;

	@BeforeAll
	static void start() throws Exception {
		plain = new DisconnectApp();
		tls = new DisconnectApp(ServerKey.in(directory));
	}

	@AfterAll
	static void stop() {
		plain.close();
		tls.close();
	}

}
