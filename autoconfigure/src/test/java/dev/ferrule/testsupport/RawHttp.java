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

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLContext;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection that sends whatever it is told, byte by byte.
 */
public final class RawHttp implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 30_000;

	private final Socket socket;

	private final InputStream input;

	private final String host;

	/**
	 * Connects to a server.
	 * @param base where it listens; with {@code https} any certificate will do
	 * @throws IOException if it fails
	 */
	public RawHttp(URI base) throws IOException {
		this.socket = connect(base);
		this.socket.setSoTimeout(TIMEOUT_MILLIS);
		this.socket.setTcpNoDelay(true);
		this.input = new BufferedInputStream(this.socket.getInputStream());
		this.host = this.socket.getInetAddress().getHostAddress() + ":" + this.socket.getPort();
	}

	private static Socket connect(URI base) throws IOException {
		if (!"https".equals(base.getScheme())) {
			return new Socket(base.getHost(), base.getPort());
		}
		try {
			SSLContext tls = SSLContext.getInstance("TLS");
			tls.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
			return tls.getSocketFactory().createSocket(base.getHost(), base.getPort());
		}
		catch (GeneralSecurityException ex) {
			throw new IOException(ex);
		}
	}

	/**
	 * Sends a request; a body gets a Content-Length unless there is one.
	 * @param method method
	 * @param path request target
	 * @param headers fields
	 * @param body body or {@code null}
	 * @throws IOException if sending fails
	 */
	public void send(String method, String path, Map<String, String> headers, byte @Nullable [] body)
			throws IOException {
		write(head(method, path, headers, body));
		if (body != null) {
			write(body);
		}
	}

	public String head(String method, String path, Map<String, String> headers, byte @Nullable [] body) {
		StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + this.host + "\r\n");
		headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		if (body != null && !headers.containsKey("Content-Length") && !headers.containsKey("Transfer-Encoding")) {
			head.append("Content-Length: ").append(body.length).append("\r\n");
		}
		return head.append("\r\n").toString();
	}

	public void write(String text) throws IOException {
		write(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	public void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
		this.socket.getOutputStream().flush();
	}

	public void writeChunk(byte[] bytes) throws IOException {
		write(Integer.toHexString(bytes.length) + "\r\n");
		write(bytes);
		write("\r\n");
	}

	/**
	 * Reads a final answer; interim ones are noted.
	 * @param method method of the request
	 * @return the answer
	 * @throws IOException if the connection ends early
	 */
	public Answer read(String method) throws IOException {
		boolean continued = false;
		while (true) {
			int status = Integer.parseInt(readLine().split(" ")[1]);
			Map<String, List<String>> headers = readHeaders();
			if (status == 100) {
				continued = true;
				continue;
			}
			byte[] body = "HEAD".equals(method) ? new byte[0] : readBody(headers);
			return new Answer(status, headers, body, continued);
		}
	}

	/**
	 * Waits for 100 (Continue), and fails if something else comes.
	 * @throws IOException if the connection fails
	 */
	public void awaitContinue() throws IOException {
		String status = readLine();
		if (!status.startsWith("HTTP/1.1 100")) {
			throw new IOException("Instead of 100 came " + status);
		}
		readHeaders();
	}

	private Map<String, List<String>> readHeaders() throws IOException {
		Map<String, List<String>> headers = new TreeMap<>();
		for (String line = readLine(); !line.isEmpty(); line = readLine()) {
			int colon = line.indexOf(':');
			headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), (name) -> new ArrayList<>())
				.add(line.substring(colon + 1).strip());
		}
		return headers;
	}

	private byte[] readBody(Map<String, List<String>> headers) throws IOException {
		if (headers.containsKey("content-length")) {
			int length = Integer.parseInt(headers.get("content-length").get(0));
			byte[] body = this.input.readNBytes(length);
			if (body.length < length) {
				throw new EOFException("answer ended after " + body.length + " of " + length + " bytes");
			}
			return body;
		}
		if (!headers.containsKey("transfer-encoding")) {
			return this.input.readAllBytes();
		}
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (int size = readSize(); size > 0; size = readSize()) {
			body.write(this.input.readNBytes(size));
			readLine();
		}
		readLine();
		return body.toByteArray();
	}

	private int readSize() throws IOException {
		return Integer.parseInt(readLine(), 16);
	}

	private String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int c = this.input.read(); c != '\n'; c = this.input.read()) {
			if (c < 0) {
				throw new EOFException("connection closed after '" + line + "'");
			}
			line.write(c);
		}
		return line.toString(StandardCharsets.ISO_8859_1).strip();
	}

	/** Makes reading fail if nothing comes for some time. */
	public void waitAtMost(Duration time) throws IOException {
		this.socket.setSoTimeout(Math.toIntExact(time.toMillis()));
	}

	/** Whether bytes arrived that nobody read. */
	public boolean hasMore() throws IOException {
		return this.input.available() > 0;
	}

	/** Whether the server closed the connection in an orderly way. */
	public boolean isClosedByServer() throws IOException {
		return this.input.read() < 0;
	}

	/** Says that nothing more will be sent, and goes on reading. */
	public void shutdownOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	/** Closes with a reset, as a client that is killed. */
	public void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/**
	 * An answer.
	 *
	 * @param status status code
	 * @param headers fields by lower-case name
	 * @param body body as sent
	 * @param continued whether 100 (Continue) came before
	 */
	public record Answer(int status, Map<String, List<String>> headers, byte[] body, boolean continued) {

		public @Nullable String header(String name) {
			List<String> values = this.headers.get(name.toLowerCase(Locale.ROOT));
			return (values != null) ? String.join(", ", values) : null;
		}

	}

}
