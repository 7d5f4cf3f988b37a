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

package dev.ferrule.docs;

import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.apps.Deployment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads what is for Kubernetes by its model, in which unknown fields are errors.
 */
final class KubernetesBlocks {

	private static final ObjectMapper MAPPER = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.annotationIntrospector(new StrictIntrospector())
		.build();

	private KubernetesBlocks() {
	}

	static boolean isKubernetes(Map<String, Object> yaml) {
		return yaml.containsKey("apiVersion") || isContainer(yaml);
	}

	static Object read(Map<String, Object> yaml) throws JsonProcessingException {
		Class<?> type = isContainer(yaml) ? Container.class : Deployment.class;
		Object read = MAPPER.convertValue(yaml, type);
		assertThat(MAPPER.convertValue(read, Map.class).keySet()).containsAll(yaml.keySet());
		return read;
	}

	private static boolean isContainer(Map<String, Object> yaml) {
		return yaml.containsKey("readinessProbe") || yaml.containsKey("image");
	}

	/**
	 * Does not let the model take what it does not know.
	 */
	private static final class StrictIntrospector extends JacksonAnnotationIntrospector {

		private static final long serialVersionUID = 1L;

		@Override
		public Boolean hasAnySetter(Annotated annotated) {
			return Boolean.FALSE;
		}

	}

}
