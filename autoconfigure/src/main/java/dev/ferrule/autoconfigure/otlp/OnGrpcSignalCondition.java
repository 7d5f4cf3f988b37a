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

package dev.ferrule.autoconfigure.otlp;

import java.util.EnumSet;
import java.util.Set;

import dev.ferrule.engine.Signal;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Condition that matches if a signal is served over gRPC. Binds the property itself: the
 * bean with the properties does not exist yet.
 *
 * @see ConditionalOnGrpcSignal
 */
class OnGrpcSignalCondition extends SpringBootCondition {

	private static final String PROPERTY = "ferrule.otlp.grpc.signals";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Signal signal = metadata.getAnnotations()
			.get(ConditionalOnGrpcSignal.class)
			.getEnum(MergedAnnotation.VALUE, Signal.class);
		Set<Signal> signals = Binder.get(context.getEnvironment())
			.bind(PROPERTY, Bindable.setOf(Signal.class))
			.orElseGet(() -> EnumSet.allOf(Signal.class));
		boolean match = signals.contains(signal);
		return new ConditionOutcome(match,
				ConditionMessage.forCondition(PROPERTY).because((match ? "contains " : "does not contain ") + signal));
	}

}
