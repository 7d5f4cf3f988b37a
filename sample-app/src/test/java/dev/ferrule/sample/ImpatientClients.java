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

package dev.ferrule.sample;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.ferrule.testsupport.ByteMarshaller;
import dev.ferrule.testsupport.RawHttp;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;

/**
 * Clients of a gateway that send without pause, with little time for each call, and that
 * leave now and then. What they hear is counted.
 */
final class ImpatientClients implements AutoCloseable {

	private static final int CONNECTIONS_OF_A_KIND = 8;

	private static final int CALLS_OF_A_CHANNEL = 16;

	private static final int CALLS_BEFORE_A_CHANNEL_ENDS = 2000;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final MethodDescriptor<byte[], byte[]> EXPORT = ByteMarshaller
		.method(TraceServiceGrpc.getExportMethod().getFullMethodName());

	private final int httpPort;

	private final int grpcPort;

	private final Map<String, LongAdder> heard = new ConcurrentHashMap<>();

	private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);

	private final List<Future<Void>> clients = new ArrayList<>();

	private final byte[] request = OtlpRequests.traces("load").toByteArray();

	private volatile boolean stopping;

	ImpatientClients(int httpPort, int grpcPort) {
		this.httpPort = httpPort;
		this.grpcPort = grpcPort;
	}

	void start() {
		for (int i = 0; i < CONNECTIONS_OF_A_KIND; i++) {
			this.clients.add(this.threads.submit(new GrpcClient()));
			this.clients.add(this.threads.submit(new HttpClient()));
		}
	}

	/**
	 * Stops to send and waits until all calls are answered.
	 * @throws Exception if that does not happen
	 */
	void stop() throws Exception {
		this.stopping = true;
		for (Future<Void> client : this.clients) {
			client.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
	}

	/**
	 * Returns how often clients heard what.
	 * @return answers and counts
	 */
	Map<String, Long> heard() {
		Map<String, Long> counts = new ConcurrentSkipListMap<>();
		this.heard.forEach((answer, count) -> counts.put(answer, count.sum()));
		return counts;
	}

	/**
	 * Returns what must not happen to clients but did.
	 * @return complaints
	 */
	Queue<String> complaints() {
		return this.complaints;
	}

	@Override
	public void close() {
		this.stopping = true;
		this.threads.shutdownNow();
		this.timer.shutdownNow();
	}

	private void count(String answer) {
		this.heard.computeIfAbsent(answer, (key) -> new LongAdder()).increment();
	}

	/** From 1 ms to 2 s, short ones more often. */
	private static int deadlineMillis() {
		return 1 + (sometimes(50) ? random().nextInt(50) : random().nextInt(2000));
	}

	private static boolean sometimes(int percent) {
		return random().nextInt(100) < percent;
	}

	private static ThreadLocalRandom random() {
		return ThreadLocalRandom.current();
	}

	private final class GrpcClient implements Callable<Void> {

		private final Semaphore free = new Semaphore(CALLS_OF_A_CHANNEL);

		private ManagedChannel channel = connect();

		@Override
		public Void call() throws Exception {
			for (int calls = 1; !ImpatientClients.this.stopping; calls++) {
				if (!this.free.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
					break;
				}
				send();
				if (calls % CALLS_BEFORE_A_CHANNEL_ENDS == 0) {
					this.channel.shutdownNow();
					this.channel = connect();
				}
			}
			if (!this.free.tryAcquire(CALLS_OF_A_CHANNEL, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				ImpatientClients.this.complaints.add("A gRPC call was not answered");
			}
			this.channel.shutdownNow();
			return null;
		}

		private ManagedChannel connect() {
			return ManagedChannelBuilder.forAddress("127.0.0.1", ImpatientClients.this.grpcPort).usePlaintext().build();
		}

		private void send() {
			CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(deadlineMillis(), TimeUnit.MILLISECONDS);
			ClientCall<byte[], byte[]> call = this.channel.newCall(EXPORT, options);
			call.start(new Listener(this.free), new Metadata());
			call.request(2);
			call.sendMessage(ImpatientClients.this.request);
			call.halfClose();
			if (sometimes(5)) {
				ImpatientClients.this.timer.schedule(() -> call.cancel("left", null), random().nextInt(50),
						TimeUnit.MILLISECONDS);
			}
		}

	}

	private final class Listener extends ClientCall.Listener<byte[]> {

		private final Semaphore free;

		private final AtomicInteger messages = new AtomicInteger();

		private final AtomicInteger ends = new AtomicInteger();

		Listener(Semaphore free) {
			this.free = free;
		}

		@Override
		public void onMessage(byte[] message) {
			this.messages.incrementAndGet();
		}

		@Override
		public void onClose(Status status, Metadata trailers) {
			count("grpc " + status.getCode());
			// The client may give up between the message and the status
			boolean complete = !status.isOk() || this.messages.get() == 1;
			if (!complete || this.messages.get() > 1 || this.ends.incrementAndGet() != 1) {
				ImpatientClients.this.complaints.add(status + " after " + this.messages + " messages");
			}
			this.free.release();
		}

	}

	private final class HttpClient implements Callable<Void> {

		@Override
		public Void call() throws Exception {
			while (!ImpatientClients.this.stopping) {
				try (RawHttp connection = new RawHttp(
						URI.create("http://127.0.0.1:" + ImpatientClients.this.httpPort))) {
					useUp(connection);
				}
			}
			return null;
		}

		private void useUp(RawHttp connection) throws IOException {
			boolean open = true;
			while (open && !ImpatientClients.this.stopping) {
				Map<String, String> headers = Map.of("Content-Type", "application/x-protobuf", "X-Request-Timeout",
						Integer.toString(deadlineMillis()));
				if (sometimes(1)) {
					connection.write(connection.head("POST", "/v1/traces", headers, ImpatientClients.this.request));
					connection.reset();
					count("http left within the request");
					return;
				}
				connection.send("POST", "/v1/traces", headers, ImpatientClients.this.request);
				open = sometimes(5) ? leave(connection) : read(connection, PATIENCE);
			}
		}

		private boolean leave(RawHttp connection) throws IOException {
			boolean open = read(connection, Duration.ofMillis(1 + random().nextInt(50)));
			if (!open && sometimes(50)) {
				connection.reset();
			}
			return open;
		}

		private boolean read(RawHttp connection, Duration patience) throws IOException {
			connection.waitAtMost(patience);
			try {
				RawHttp.Answer answer = connection.read("POST");
				count("http " + answer.status());
				if (connection.hasMore()) {
					ImpatientClients.this.complaints.add("More than one answer over HTTP");
				}
				return !"close".equals(answer.header("Connection"));
			}
			catch (SocketTimeoutException ex) {
				count("http left before the answer");
				if (patience == PATIENCE) {
					ImpatientClients.this.complaints.add("An HTTP request was not answered");
				}
				return false;
			}
			catch (IOException ex) {
				ImpatientClients.this.complaints.add("Instead of an answer over HTTP came " + ex);
				return false;
			}
		}

	}

}
