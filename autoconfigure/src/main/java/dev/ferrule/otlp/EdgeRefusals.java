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

package dev.ferrule.otlp;

import dev.ferrule.error.ErrorKind;
import dev.ferrule.error.ErrorTranslator;
import dev.ferrule.error.GrpcCodes;
import dev.ferrule.error.HttpCodes;
import dev.ferrule.error.TelemetryEngineException;
import dev.ferrule.error.TranslatedError;
import org.slf4j.Logger;

/**
 * Refusals of the edges themselves, before the engine comes into it.
 */
public final class EdgeRefusals {

	/** 404: no signal has this path. */
	public static final TranslatedError UNKNOWN_PATH = permanent(GrpcCodes.UNIMPLEMENTED, 404,
			"There is no OTLP endpoint at this path");

	/** 405: not POST. */
	public static final TranslatedError METHOD = permanent(GrpcCodes.UNIMPLEMENTED, 405,
			"OTLP over HTTP takes POST only");

	/** 415: neither protobuf nor JSON. */
	public static final TranslatedError MEDIA_TYPE = permanent(GrpcCodes.INVALID_ARGUMENT, 415,
			"Content-Type must be one of " + OtlpEncoding.ACCEPT);

	/** 415: a content coding that is not understood, or several. */
	public static final TranslatedError CODING = permanent(GrpcCodes.INVALID_ARGUMENT, 415,
			"Content-Encoding must be one of " + ContentCodings.ACCEPT_ENCODING + ", and only one");

	/** 400: the transport could not read the body. */
	public static final TranslatedError MALFORMED_BODY = permanent(GrpcCodes.INVALID_ARGUMENT, HttpCodes.BAD_REQUEST,
			"The request body could not be read");

	/** 504: the deadline passed while the body was read; nothing was submitted. */
	public static final TranslatedError DEADLINE = new TranslatedError(ErrorKind.TIMEOUT, GrpcCodes.DEADLINE_EXCEEDED,
			504, false, null, null, 0, "The deadline passed before the request was complete");

	/**
	 * 504: the body came more slowly than allowed; nothing was submitted. Not 408, after
	 * which OTLP clients drop their data instead of sending it again.
	 */
	public static final TranslatedError SLOW_BODY = new TranslatedError(ErrorKind.TIMEOUT, GrpcCodes.DEADLINE_EXCEEDED,
			504, false, null, null, 0, "The request body arrived too slowly");

	/** 504: the deadline passed and the engine said nothing. */
	public static final TranslatedError NO_OUTCOME = new TranslatedError(ErrorKind.TIMEOUT, GrpcCodes.DEADLINE_EXCEEDED,
			504, false, null, null, 0, "The deadline passed; whether the data was delivered is unknown");

	/** For failures that cannot be translated. */
	public static final TranslatedError INTERNAL = permanent(GrpcCodes.INTERNAL, HttpCodes.INTERNAL_SERVER_ERROR,
			"Internal error");

	private EdgeRefusals() {
	}

	public static TranslatedError tooLarge(int limit) {
		return permanent(GrpcCodes.RESOURCE_EXHAUSTED, HttpCodes.CONTENT_TOO_LARGE,
				"The request is larger than " + limit + " bytes");
	}

	/**
	 * Translates a failure, and logs what did not come from the engine, such as a refusal
	 * by a customizer of the application: a client without credentials is no news, a
	 * fault of ours is.
	 * @param translator decides on the answer
	 * @param failure what was thrown or what a call ended with
	 * @param logger where to log
	 * @return what to answer
	 */
	public static TranslatedError translate(ErrorTranslator translator, Throwable failure, Logger logger) {
		TelemetryEngineException exception = TelemetryEngineException.find(failure);
		TranslatedError error = translator.translate((exception != null) ? exception : failure);
		if (exception == null) {
			logUnexpected(logger, failure, error);
		}
		return error;
	}

	private static void logUnexpected(Logger logger, Throwable cause, TranslatedError error) {
		if (error.httpStatus() >= HttpCodes.INTERNAL_SERVER_ERROR) {
			logger.warn("OTLP request failed unexpectedly", cause);
		}
		else {
			logger.debug("OTLP request was refused", cause);
		}
	}

	private static TranslatedError permanent(int grpcCode, int httpStatus, String message) {
		return new TranslatedError(ErrorKind.PERMANENT, grpcCode, httpStatus, true, null, null, 0, message);
	}

}
