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

import dev.ferrule.engine.ContentCoding;
import dev.ferrule.engine.PayloadBuffer;
import dev.ferrule.engine.PayloadEncoding;
import dev.ferrule.engine.TelemetryPayload;
import dev.ferrule.otlp.OtlpEncoding;
import dev.ferrule.otlp.OtlpSignal;

/**
 * Head of an accepted request: what its request line and headers say.
 *
 * @param signal what the body holds
 * @param encoding how the body is encoded, and the answer with it
 * @param coding how the body is compressed
 */
record RequestHead(OtlpSignal signal, OtlpEncoding encoding, ContentCoding coding) {

	/**
	 * Returns whether a body is a request without any items, which needs no pipeline.
	 * @param size size of the body
	 * @return whether nothing is to be done
	 */
	boolean isEmptyRequest(int size) {
		return size == 0 && this.encoding == OtlpEncoding.PROTOBUF && this.coding == ContentCoding.IDENTITY;
	}

	TelemetryPayload payload(PayloadBuffer memory, boolean lenientJson) {
		PayloadEncoding payloadEncoding = switch (this.encoding) {
			case PROTOBUF -> PayloadEncoding.PROTOBUF;
			case JSON -> lenientJson ? PayloadEncoding.JSON_LENIENT : PayloadEncoding.JSON;
		};
		return TelemetryPayload.of(this.signal.signal(), memory).with(payloadEncoding, this.coding);
	}

}
