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

package dev.ferrule.autoconfigure.web;

import java.lang.reflect.Method;
import java.util.Arrays;

import dev.ferrule.context.CallContext;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.stereotype.Controller;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finder of controllers that have a {@link CallContext} as an argument. It looks at types
 * only and creates no bean.
 */
final class ContextArguments {

	private ContextArguments() {
	}

	static boolean areUsedBy(ListableBeanFactory beans) {
		for (String name : beans.getBeanNamesForAnnotation(Controller.class)) {
			Class<?> type = beans.getType(name, false);
			if (type != null && areUsedBy(ClassUtils.getUserClass(type))) {
				return true;
			}
		}
		return false;
	}

	private static boolean areUsedBy(Class<?> controller) {
		for (Method method : ReflectionUtils.getAllDeclaredMethods(controller)) {
			if (Arrays.asList(method.getParameterTypes()).contains(CallContext.class)) {
				return true;
			}
		}
		return false;
	}

}
