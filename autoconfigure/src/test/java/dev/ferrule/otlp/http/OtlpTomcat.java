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

package dev.ferrule.otlp.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.ServletRegistration;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.WebServer;

/**
 * The servlet on Tomcat, registered as an application does it.
 */
public final class OtlpTomcat implements AutoCloseable {

	private final WebServer server;

	public OtlpTomcat(OtlpHttpServlet servlet) {
		TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);
		Http2 http2 = new Http2();
		http2.setEnabled(true);
		factory.setHttp2(http2);
		factory.addConnectorCustomizers(ContinueValve::defer);
		factory.addContextCustomizers((context) -> context.getPipeline().addValve(new ContinueValve()));
		this.server = factory.getWebServer((context) -> {
			ServletRegistration.Dynamic registration = context.addServlet("otlp", servlet);
			registration.addMapping(servlet.urlMappings());
			registration.setAsyncSupported(true);
		});
		this.server.start();
	}

	public URI baseUrl() {
		return URI.create("http://127.0.0.1:" + this.server.getPort());
	}

	@Override
	public void close() {
		this.server.stop();
		this.server.destroy();
	}

	/**
	 * Closes several.
	 */
	static final class Group implements AutoCloseable {

		private final List<OtlpTomcat> members = new ArrayList<>();

		OtlpTomcat add(OtlpHttpServlet servlet) {
			OtlpTomcat tomcat = new OtlpTomcat(servlet);
			this.members.add(tomcat);
			return tomcat;
		}

		@Override
		public void close() {
			this.members.forEach(OtlpTomcat::close);
		}

	}

}
