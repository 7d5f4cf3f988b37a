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

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;

import dev.ferrule.Internal;
import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassReader;

/**
 * Probe whether {@link DisconnectAwareHttp11NioProtocol} fits the Tomcat at hand: whether
 * all that it refers to is there, which the JVM by itself finds out only when a request
 * comes to the place, and whether a processor can be created.
 */
@Internal
public final class ProtocolProbe {

	/** Name of the protocol; its class may not even load. */
	public static final String PROTOCOL = "dev.ferrule.web.tomcat.DisconnectAwareHttp11NioProtocol";

	private static final List<String> TYPES = List.of("DisconnectAwareHttp11NioProtocol", "WatchingNioEndpoint",
			"WatchingNioEndpoint$ExclusiveSecureChannel", "WatchingProcessor", "WatchingProcessor$WatchingAdapter",
			"SocketWatch", "SocketWatch$Finding");

	private ProtocolProbe() {
	}

	/**
	 * Looks for a reason not to use the protocol.
	 * @return what is wrong, or {@code null} if the protocol can be used
	 */
	public static @Nullable String findProblem() {
		try {
			for (String type : TYPES) {
				probe(ProtocolProbe.class.getPackageName() + "." + type);
			}
			new DisconnectAwareHttp11NioProtocol().createProcessor();
			return null;
		}
		catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError ex) {
			return ex.toString();
		}
	}

	private static void probe(String name) throws IOException, ReflectiveOperationException {
		ClassLoader loader = ProtocolProbe.class.getClassLoader();
		Class<?> type = Class.forName(name, true, loader);
		for (Method method : type.getMethods()) {
			if (Modifier.isAbstract(method.getModifiers())) {
				throw new NoSuchMethodException(method + " is not implemented");
			}
		}
		try (InputStream code = type.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
			if (code == null) {
				throw new IOException("The code of " + name + " cannot be read");
			}
			ReferenceCheck check = new ReferenceCheck(loader);
			new ClassReader(code).accept(check, ClassReader.SKIP_DEBUG);
			check.rethrow();
		}
	}

}
