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

package dev.ferrule.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The key of a web server with TLS.
 */
public final class ServerKey {

	private ServerKey() {
	}

	/**
	 * Makes a key, unless it is there.
	 * @param directory where to put it
	 * @return properties of the server
	 * @throws Exception if there is none
	 */
	public static String[] in(Path directory) throws Exception {
		Path store = directory.resolve("server.p12");
		if (!Files.exists(store)) {
			Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-genkeypair", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "SAN=ip:127.0.0.1", "-storetype",
					"PKCS12", "-storepass", "secret", "-keystore", store.toString())
				.inheritIO()
				.start();
			if (keytool.waitFor() != 0) {
				throw new IOException("keytool ended with " + keytool.exitValue());
			}
		}
		return new String[] { "server.ssl.key-store=" + store.toUri(), "server.ssl.key-store-password=secret" };
	}

}
