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
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;

import dev.ferrule.cancellation.CancellationSource;
import dev.ferrule.context.CallContext;
import dev.ferrule.context.Deadline;
import dev.ferrule.context.RequestCallContext;
import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.Signal;
import dev.ferrule.engine.TelemetryEngine;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.otlp.ContentCodings;
import dev.ferrule.otlp.EdgeRefusals;
import dev.ferrule.otlp.OtlpEncoding;
import dev.ferrule.otlp.OtlpSignal;
import dev.ferrule.otlp.ReservedBody;
import dev.ferrule.otlp.UnfinishedBodies;
import dev.ferrule.web.servlet.TelemetryContextFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Servlet of OTLP over HTTP. To be registered for {@link #urlMappings()}, with support
 * for asynchronous requests.
 *
 * <p>
 * Requests are checked in this order: path, method, media type, content coding,
 * authentication (the context factory), admission (reserving memory), deadline, size. The
 * body is read without blocking a thread, straight into memory of the engine, which
 * decodes it. Memory is taken as the body arrives.
 *
 * <p>
 * A request whose body does not arrive in time is dispatched to this servlet again, with
 * {@link DispatcherType#ASYNC}: filters for such dispatches have to let it through.
 */
public final class OtlpHttpServlet extends HttpServlet {

	private static final long serialVersionUID = 1L;

	private final transient Map<String, OtlpSignal> signals;

	private final transient Function<Signal, TelemetryEngine> engines;

	private final transient ResponseWriter answers;

	private final transient ServletCallContextFactory contexts;

	private final transient OtlpHttpOptions options;

	private final transient UnfinishedBodies unfinished;

	private final int maxBodyBytes;

	private transient ScheduledThreadPoolExecutor timer = newTimer();

	/**
	 * Creates the servlet with contexts that have the default deadline.
	 * @param engines the engine, or the view of one of its pipelines, that takes a signal
	 * @param translator decides what failures become
	 * @param options what is accepted
	 */
	public OtlpHttpServlet(Function<Signal, TelemetryEngine> engines, ErrorTranslator translator,
			OtlpHttpOptions options) {
		this(engines, translator, options, ServletCallContextFactory.withDeadline(options.defaultDeadline()));
	}

	/**
	 * Creates the servlet.
	 * @param engines the engine, or the view of one of its pipelines, that takes a signal
	 * @param translator decides what failures become
	 * @param options what is accepted
	 * @param contexts builds the context of each call
	 */
	public OtlpHttpServlet(Function<Signal, TelemetryEngine> engines, ErrorTranslator translator,
			OtlpHttpOptions options, ServletCallContextFactory contexts) {
		this.signals = OtlpSignal.byPath(options.signals());
		this.engines = engines;
		this.answers = new ResponseWriter(translator);
		this.options = options;
		this.unfinished = new UnfinishedBodies(options.arrival().maxBytes());
		this.maxBodyBytes = (int) Math.min(options.maxBodyBytes(), this.unfinished.largestBody());
		this.contexts = contexts;
	}

	/**
	 * Returns the URL mappings of this servlet: the exact paths of the signals, or
	 * everything if unknown paths are to be answered too.
	 * @return mappings, below the context path
	 */
	public String[] urlMappings() {
		if (this.options.handleUnknownPaths()) {
			return new String[] { "/*" };
		}
		return this.signals.keySet().stream().sorted().toArray(String[]::new);
	}

	@Override
	public void init() {
		if (this.timer.isShutdown()) {
			this.timer = newTimer();
		}
	}

	@Override
	public void destroy() {
		this.timer.shutdown();
	}

	private static ScheduledThreadPoolExecutor newTimer() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "ferrule-otlp-timer");
			thread.setDaemon(true);
			return thread;
		});
		timer.setRemoveOnCancelPolicy(true);
		return timer;
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		HttpExchange exchange = (request.getDispatcherType() == DispatcherType.ASYNC) ? HttpExchange.of(request) : null;
		if (exchange != null) {
			exchange.onDispatch();
			return;
		}
		OtlpSignal signal = this.signals.get(path(request));
		OtlpEncoding encoding = OtlpEncoding.of(request.getContentType());
		if (signal == null) {
			this.answers.refuse(request, response, encoding, EdgeRefusals.UNKNOWN_PATH);
			return;
		}
		if (!"POST".equals(request.getMethod())) {
			response.setHeader("Allow", "POST");
			this.answers.refuse(request, response, encoding, EdgeRefusals.METHOD);
			return;
		}
		if (encoding == null) {
			response.setHeader("Accept", OtlpEncoding.ACCEPT);
			this.answers.refuse(request, response, null, EdgeRefusals.MEDIA_TYPE);
			return;
		}
		ContentCoding coding = ContentCodings.of(request.getHeaders("Content-Encoding"));
		if (coding == null) {
			response.setHeader("Accept-Encoding", ContentCodings.ACCEPT_ENCODING);
			this.answers.refuse(request, response, encoding, EdgeRefusals.CODING);
			return;
		}
		admit(request, response, new RequestHead(signal, encoding, coding));
	}

	// The raw URI: neither dot segments nor path parameters nor escapes lead to an
	// endpoint.
	private static String path(HttpServletRequest request) {
		return request.getRequestURI().substring(request.getContextPath().length());
	}

	private void admit(HttpServletRequest request, HttpServletResponse response, RequestHead call) throws IOException {
		RequestCallContext filtered = TelemetryContextFilter.of(request);
		CancellationSource cancellation = (filtered != null) ? filtered.cancellation() : new CancellationSource();
		CallContext context;
		try {
			context = this.contexts.create(request, cancellation.token());
		}
		catch (RuntimeException ex) {
			this.answers.failBeforeEngine(request, response, call.encoding(), ex);
			return;
		}
		TelemetryEngine engine;
		ReservedBody body;
		long length = request.getContentLengthLong();
		boolean tooLarge = length > this.maxBodyBytes;
		try {
			engine = this.engines.apply(call.signal().signal());
			body = ReservedBody.arriving(engine, tooLarge ? 0 : length, this.maxBodyBytes, this.unfinished);
		}
		catch (RuntimeException ex) {
			this.answers.fail(request, response, call.encoding(), ex);
			return;
		}
		Deadline deadline = context.deadline();
		if (tooLarge || (deadline != null && deadline.isExpired())) {
			body.close();
			this.answers.refuse(request, response, call.encoding(), (deadline != null && deadline.isExpired())
					? EdgeRefusals.DEADLINE : EdgeRefusals.tooLarge(this.maxBodyBytes));
			return;
		}
		start(request, response, new AcceptedRequest(call, engine, context, cancellation, this.options, this.timer),
				body);
	}

	private void start(HttpServletRequest request, HttpServletResponse response, AcceptedRequest plan,
			ReservedBody body) throws IOException {
		try {
			AsyncContext async = request.startAsync(request, response);
			ResponseChannel reply = new ResponseChannel(async, request, response, this.answers, this.timer);
			new HttpExchange(plan, this.answers, reply, body).start();
		}
		catch (IOException | RuntimeException ex) {
			body.close();
			throw ex;
		}
	}

}
