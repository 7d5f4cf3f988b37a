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

package dev.ferrule.lifecycle;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.lifecycle.war.WarApplication;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.FileResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.jspecify.annotations.Nullable;

/**
 * {@link WarApplication} as a container sees it: its classes and libraries are in the web
 * application's class loader, whose parent has those of the container only.
 */
final class WarDeployment {

	private static final String CLASS_PATH = System.getProperty("java.class.path");

	private static final List<String> LIBRARIES = List.of("spring-boot-4", "spring-boot-autoconfigure",
			"spring-boot-webmvc-4", "spring-boot-servlet", "spring-boot-web-server", "spring-boot-http",
			"spring-boot-health", "spring-boot-actuator", "spring-boot-micrometer", "spring-boot-jackson",
			"spring-core", "spring-beans", "spring-context", "spring-aop", "spring-expression", "spring-web-",
			"spring-webmvc", "micrometer-", "jackson-", "slf4j", "logback", "commons-logging", "jspecify", "snakeyaml",
			"context-propagation", "HdrHistogram", "ferrule-native");

	private static final List<String> OF_THE_CONTAINER = List.of("jakarta.servlet.", "jakarta.annotation.",
			"jakarta.el.", "org.apache.catalina.", "org.apache.coyote.", "org.apache.el.", "org.apache.juli.",
			"org.apache.naming.", "org.apache.tomcat.");

	private static final String JNA = "com.sun.jna.";

	private WarDeployment() {
	}

	/**
	 * Creates a context to add to a host, which starts it.
	 * @param tomcat the container
	 * @param directory a directory of its own
	 * @param ownJna whether JNA is in the web application, and not in the container
	 * @return the context
	 * @throws Exception if it cannot be created
	 */
	static StandardContext create(Tomcat tomcat, Path directory, boolean ownJna) throws Exception {
		StandardContext context = new StandardContext();
		context.setName("/app");
		context.setPath("/app");
		context.setDocBase(directory.toString());
		context.addParameter("ferrule.native.cache-directory", directory.resolve("native").toString());
		context.setParentClassLoader(new ContainerClassLoader(!ownJna));
		context.setClearReferencesThreadLocals(false);
		context.setClearReferencesRmiTargets(false);
		ContextConfig config = new ContextConfig();
		config.setDefaultWebXml(tomcat.noDefaultWebXmlPath());
		context.addLifecycleListener(config);
		((StandardJarScanner) context.getJarScanner()).setScanManifest(false);
		context.setResources(resources(context, ownJna));
		return context;
	}

	private static StandardRoot resources(StandardContext context, boolean ownJna) throws Exception {
		StandardRoot root = new StandardRoot(context);
		mount(root, TelemetryEngine.class, "");
		mount(root, FerruleAutoConfiguration.class, "");
		mount(root, WarApplication.class, "dev/ferrule/lifecycle/war");
		for (String entry : CLASS_PATH.split(File.pathSeparator)) {
			Path path = Path.of(entry);
			String name = path.getFileName().toString();
			if (Files.isRegularFile(path)
					&& (LIBRARIES.stream().anyMatch(name::startsWith) || (ownJna && name.startsWith("jna-")))) {
				root.addPreResources(new FileResourceSet(root, "/WEB-INF/lib/" + name, entry, "/"));
			}
		}
		return root;
	}

	private static void mount(StandardRoot root, Class<?> type, String folder) throws URISyntaxException, IOException {
		Path source = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
		if (Files.isRegularFile(source)) {
			String jar = source.getFileName().toString();
			root.addPreResources(new FileResourceSet(root, "/WEB-INF/lib/" + jar, source.toString(), "/"));
			return;
		}
		String mount = "/WEB-INF/classes" + (folder.isEmpty() ? "" : "/" + folder);
		root.addPreResources(new DirResourceSet(root, mount, source.resolve(folder).toString(), "/"));
	}

	private static final class ContainerClassLoader extends ClassLoader {

		private final ClassLoader container = WarDeployment.class.getClassLoader();

		private final boolean jna;

		ContainerClassLoader(boolean jna) {
			super(getPlatformClassLoader());
			this.jna = jna;
		}

		@Override
		protected Class<?> findClass(String name) throws ClassNotFoundException {
			if (OF_THE_CONTAINER.stream().anyMatch(name::startsWith) || (this.jna && name.startsWith(JNA))) {
				return this.container.loadClass(name);
			}
			throw new ClassNotFoundException(name);
		}

		@Override
		protected @Nullable URL findResource(String name) {
			return name.startsWith("org/apache/catalina/") ? this.container.getResource(name) : null;
		}

	}

}
