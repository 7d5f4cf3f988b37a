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

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.AsciiString;

/**
 * An HTTP/2 connection that sends whatever it is told, for requests that no client makes.
 */
public final class RawHttp2 implements AutoCloseable {

	private static final int TIMEOUT_SECONDS = 20;

	private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Channel connection;

	public RawHttp2(URI base) throws InterruptedException {
		this(base.getHost(), base.getPort());
	}

	public RawHttp2(String host, int port) throws InterruptedException {
		this(host, port, Http2Settings.defaultSettings());
	}

	private RawHttp2(String host, int port, Http2Settings settings) throws InterruptedException {
		this.connection = new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(Http2FrameCodecBuilder.forClient()
							.initialSettings(settings)
							.encoderIgnoreMaxHeaderListSize(true)
							.build(), new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
				}

			})
			.connect(new InetSocketAddress(host, port))
			.sync()
			.channel();
	}

	/**
	 * Connects as a client that takes no data, so that answers with a body have to wait.
	 * @param base where to
	 * @return the connection
	 * @throws InterruptedException if this thread was interrupted
	 */
	public static RawHttp2 withoutWindow(URI base) throws InterruptedException {
		return new RawHttp2(base.getHost(), base.getPort(), Http2Settings.defaultSettings().initialWindowSize(0));
	}

	/**
	 * Sends a request and waits for its end.
	 * @param method method
	 * @param path path
	 * @param fields fields in addition to the pseudo fields
	 * @param messages length-prefixed messages, {@code null} for none
	 * @return the answer
	 * @throws Exception if there is none
	 */
	public Answer call(String method, String path, Map<String, String> fields, byte[]... messages) throws Exception {
		return start(true, method, path, fields, messages).answer();
	}

	/**
	 * Sends a request without its body, and waits for the answer.
	 * @param method method
	 * @param path path
	 * @param fields fields in addition to the pseudo fields
	 * @return the answer
	 * @throws Exception if there is none
	 */
	public Answer callWithoutBody(String method, String path, Map<String, String> fields) throws Exception {
		return start(false, method, path, fields).answer();
	}

	/**
	 * Sends a request with a body.
	 * @param path path
	 * @param fields fields in addition to the pseudo fields
	 * @param body body
	 * @return the request
	 * @throws InterruptedException if this thread was interrupted
	 */
	public Call post(String path, Map<String, String> fields, byte[] body) throws InterruptedException {
		return start(true, "POST", path, fields, body);
	}

	private Call start(boolean finish, String method, String path, Map<String, String> fields, byte[]... messages)
			throws InterruptedException {
		Http2Headers headers = new DefaultHttp2Headers().method(method).path(path).scheme("http").authority("test");
		fields.forEach(headers::add);
		return send(finish, headers, messages);
	}

	/**
	 * Sends a gRPC request with any fields, in this order, and one message.
	 * @param path path
	 * @param authority value of {@code :authority}
	 * @param fields names and values, whose characters are bytes, in addition to those
	 * that gRPC demands
	 * @param message length-prefixed message
	 * @return the request
	 * @throws InterruptedException if this thread was interrupted
	 */
	public Call start(String path, String authority, List<Map.Entry<String, String>> fields, byte[] message)
			throws InterruptedException {
		Http2Headers headers = new DefaultHttp2Headers(false).method("POST")
			.path(path)
			.scheme("http")
			.authority(authority)
			.add("content-type", "application/grpc")
			.add("te", "trailers");
		fields.forEach((field) -> headers.add(field.getKey(), AsciiString.of(field.getValue())));
		return send(true, headers, message);
	}

	private Call send(boolean finish, Http2Headers headers, byte[]... messages) throws InterruptedException {
		CompletableFuture<Answer> result = new CompletableFuture<>();
		Http2StreamChannel stream = new Http2StreamChannelBootstrap(this.connection).handler(new Collector(result))
			.open()
			.sync()
			.getNow();
		stream.write(new DefaultHttp2HeadersFrame(headers, finish && messages.length == 0));
		for (int i = 0; i < messages.length; i++) {
			stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(messages[i]), i == messages.length - 1));
		}
		stream.flush();
		return new Call(stream, result);
	}

	/**
	 * Frames a message.
	 * @param compressed value of the compressed flag
	 * @param message message
	 * @return prefix and message
	 */
	public static byte[] frame(boolean compressed, byte[] message) {
		ByteBuf framed = Unpooled.buffer();
		framed.writeByte(compressed ? 1 : 0).writeInt(message.length).writeBytes(message);
		return ByteBufUtil.getBytes(framed);
	}

	/**
	 * Closes the socket without a word, where closing the channel would say GOAWAY and
	 * wait for the streams.
	 */
	public void drop() {
		this.connection.eventLoop().execute(() -> this.connection.unsafe().close(this.connection.newPromise()));
	}

	@Override
	public void close() {
		this.connection.close();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	/**
	 * A request that was sent.
	 *
	 * @param stream its stream
	 * @param result its answer
	 */
	public record Call(Http2StreamChannel stream, CompletableFuture<Answer> result) {

		public Answer answer() throws Exception {
			return this.result.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}

		public void cancel() {
			this.stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
		}

	}

	/**
	 * An answer.
	 *
	 * @param fields header and trailer fields
	 * @param body data
	 * @param resetCode code of RST_STREAM, -1 if there was none
	 */
	public record Answer(Map<String, String> fields, byte[] body, long resetCode) {

		public int grpcStatus() {
			return Integer.parseInt(this.fields.get("grpc-status"));
		}

	}

	private static final class Collector extends SimpleChannelInboundHandler<Http2StreamFrame> {

		private final CompletableFuture<Answer> result;

		private final Map<String, String> fields = new LinkedHashMap<>();

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		Collector(CompletableFuture<Answer> result) {
			this.result = result;
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) throws Exception {
			if (frame instanceof Http2HeadersFrame headers) {
				headers.headers()
					.forEach((field) -> this.fields.put(field.getKey().toString(), field.getValue().toString()));
				end(headers.isEndStream());
			}
			else if (frame instanceof Http2DataFrame data) {
				this.body.write(ByteBufUtil.getBytes(data.content()));
				end(data.isEndStream());
			}
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
			if (event instanceof Http2ResetFrame reset) {
				this.result.complete(new Answer(this.fields, this.body.toByteArray(), reset.errorCode()));
			}
			super.userEventTriggered(context, event);
		}

		private void end(boolean last) {
			if (last) {
				this.result.complete(new Answer(this.fields, this.body.toByteArray(), -1));
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.result.completeExceptionally(new IllegalStateException("stream closed, got " + this.fields));
		}

	}

}
