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

import java.io.IOException;

import jakarta.servlet.ServletException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.http11.AbstractHttp11Protocol;

/**
 * Tomcat valve that lets {@link OtlpHttpServlet} decide when a client that waits for 100
 * (Continue) gets it: only once nothing speaks against its body. By itself Tomcat sends
 * it before any check, or, where bodies are read without blocking, only when the body is
 * there. Clients of other servlets get it at once, as without the valve.
 */
public final class ContinueValve extends ValveBase {

	/**
	 * Creates a valve; it belongs into the pipeline of a context whose connectors are
	 * {@linkplain #defer(Connector) told to wait}.
	 */
	public ContinueValve() {
		super(true);
	}

	/**
	 * Tells a connector not to send 100 (Continue) by itself.
	 * @param connector connector that speaks HTTP
	 */
	public static void defer(Connector connector) {
		if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
			protocol.setContinueResponseTiming("onRead");
		}
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (request.getHeader("Expect") != null) {
			Runnable send = () -> response.sendAcknowledgement(ContinueResponseTiming.ALWAYS);
			Wrapper servlet = request.getWrapper();
			if (servlet != null && servlet.getServlet() instanceof OtlpHttpServlet) {
				request.setAttribute(HttpExchange.CONTINUE, send);
			}
			else if (servlet != null && !servlet.isUnavailable()) {
				send.run();
			}
		}
		getNext().invoke(request, response);
	}

}
