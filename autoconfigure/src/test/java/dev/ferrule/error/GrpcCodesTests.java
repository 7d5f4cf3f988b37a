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

package dev.ferrule.error;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

import io.grpc.Status;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link GrpcCodes} against gRPC itself.
 */
class GrpcCodesTests {

	@Test
	void numbersAreThoseOfGrpc() {
		Map<String, Integer> numbers = Arrays.stream(GrpcCodes.class.getFields())
			.collect(Collectors.toMap(Field::getName, GrpcCodesTests::value));
		assertThat(numbers).isEqualTo(
				Arrays.stream(Status.Code.values()).collect(Collectors.toMap(Status.Code::name, Status.Code::value)));
	}

	private static int value(Field field) {
		try {
			return field.getInt(null);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
