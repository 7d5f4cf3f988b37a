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

package dev.ferrule.autoconfigure.diagnostics;

import java.util.ArrayList;
import java.util.List;

import dev.ferrule.autoconfigure.FerruleAutoConfiguration;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests that applications with a wrong configuration tell what is wrong and what to do.
 */
@ExtendWith(OutputCaptureExtension.class)
class WrongConfigurationTests {

	private static final String SECRET = "hunter2";

	@ParameterizedTest(name = "{0}")
	@MethodSource("cases")
	void wrongConfigurationIsExplained(WrongConfiguration wrong, CapturedOutput output) {
		SpringApplication application = new SpringApplication(FerruleAutoConfiguration.class,
				SslAutoConfiguration.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		assertThatException().isThrownBy(() -> application.run(wrong.arguments()));
		String text = output.toString();
		int description = text.indexOf("Description:");
		int action = text.indexOf("Action:");
		SoftAssertions soft = new SoftAssertions();
		soft.assertThat(text).contains("APPLICATION FAILED TO START").doesNotContain(SECRET);
		soft.assertThat(text.substring(Math.max(0, description), Math.max(0, action))).contains(wrong.description());
		soft.assertThat(text.substring(Math.max(0, action))).contains(wrong.action());
		soft.assertAll();
	}

	static List<WrongConfiguration> cases() {
		List<WrongConfiguration> cases = new ArrayList<>();
		ranges(cases);
		calls(cases);
		exporters(cases);
		tls(cases);
		pipelines(cases);
		engine(cases);
		others(cases);
		return cases;
	}

	private static void ranges(List<WrongConfiguration> cases) {
		String engine = "ferrule.engine.";
		cases.add(wrong(engine + "cores=0").says(engine + "cores", "between 1 and 1024").advises("from 1 to 1024"));
		cases.add(wrong(engine + "cores=1024").says("cores is 1024").advises("Lower ferrule.engine.cores"));
		cases.add(wrong(engine + "max-in-flight=0").says(engine + "max-in-flight", "'0'").advises("from 1 to 1000000"));
		cases.add(wrong(engine + "max-in-flight=many").says(engine + "max-in-flight", "many").advises("Update"));
		cases.add(wrong(engine + "lane-capacity=-1").says(engine + "lane-capacity").advises("from 1 to"));
		cases.add(wrong(engine + "codec-threads=257").says(engine + "codec-threads").advises("from 1 to 256"));
		cases.add(wrong(engine + "grace=-1s").says(engine + "grace", "-1s").advises("at least 0ms"));
		cases.add(wrong(engine + "start-timeout=0").says(engine + "start-timeout").advises("at least 1ms"));
		cases.add(wrong(engine + "drain-timeout=soon").says(engine + "drain-timeout", "soon").advises("Update"));
		cases.add(wrong(engine + "drain-timeout=-5s").says(engine + "drain-timeout", "-5s").advises("at least 0ms"));
		cases.add(wrong(engine + "max-decoded-size=12XB").says(engine + "max-decoded-size", "12XB").advises("Update"));
		cases.add(wrong(engine + "max-payload-size=0B").says(engine + "max-payload-size").advises("at least 1B"));
		cases.add(wrong("ferrule.otlp.http.max-body-size=0B").says("ferrule.otlp.http.max-body-size").advises("1B"));
		cases.add(wrong("ferrule.otlp.grpc.max-message-size=2GB").says("ferrule.otlp.grpc.max-message-size")
			.advises("at most"));
		cases
			.add(wrong("ferrule.otlp.http.signals=spans").says("ferrule.otlp.http.signals", "spans").advises("TRACES"));
		cases.add(wrong("ferrule.logging.follow-trace-ids=xyz").says("ferrule.logging.follow-trace-ids", "xyz")
			.advises("32 lower-case hexadecimal digits"));
	}

	private static void calls(List<WrongConfiguration> cases) {
		String context = "ferrule.context.";
		cases
			.add(wrong(context + "default-deadline=2m").says(context + "default-deadline", context + "maximum-deadline")
				.advises("Shorten it, or lengthen ferrule.context.maximum-deadline"));
		cases.add(wrong(context + "maximum-deadline=-1s").says(context + "maximum-deadline").advises("at least 1ms"));
		cases.add(wrong(context + "deadline-headers.x-a=sometimes").says(context + "deadline-headers.x-a", "sometimes")
			.advises("DURATION"));
		cases.add(wrong(context + "deadline-headers.[x a]=grpc").says(context + "deadline-headers", "x a")
			.advises("letters, digits and dashes"));
		cases
			.add(wrong(context + "metadata.max-entries=0").says(context + "metadata.max-entries").advises("1 to 1024"));
		cases.add(wrong(context + "outbound.headers=x y").says(context + "outbound.headers", "x y")
			.advises("letters, digits and dashes"));
		cases.add(wrong(context + "outbound.headers=authorization").says(context + "outbound.headers", "credential")
			.advises("ferrule.context.outbound.allow-credentials"));
		cases.add(wrong(context + "outbound.headers=grpc-timeout").says(context + "outbound.headers", "deadline")
			.advises("Remove it"));
		cases.add(wrong(context + "outbound.headers=x-left", context + "deadline-headers.x-left=duration")
			.says(context + "outbound.headers", "x-left")
			.advises("ferrule.context.deadline-headers.x-left to off"));
	}

	private static void exporters(List<WrongConfiguration> cases) {
		String exporter = "ferrule.exporter.";
		String endpoint = exporter + "endpoint";
		String grpc = exporter + "type=otlp-grpc";
		String server = endpoint + "=http://localhost:4317";
		cases.add(wrong(exporter + "type=kafka").says(exporter + "type", "kafka").advises("OTLP_GRPC"));
		cases.add(wrong(server, exporter + "protocol=udp").says(exporter + "protocol", "udp").advises("GRPC"));
		cases.add(wrong(server, exporter + "compression=brotli").says(exporter + "compression").advises("ZSTD"));
		cases.add(wrong(grpc).says(endpoint, "missing").advises("http://localhost:4317"));
		cases.add(wrong(endpoint + "=").says(endpoint).advises("http://localhost:4317"));
		cases.add(
				wrong(exporter + "protocol=http").says(exporter + "protocol").advises("Set ferrule.exporter.endpoint"));
		cases.add(wrong(server, grpc, exporter + "protocol=http").says(exporter + "protocol", exporter + "type")
			.advises("Remove one"));
		cases.add(wrong(server, exporter + "type=log").says(endpoint, "'log'").advises("Remove ferrule.exporter.type"));
		cases
			.add(wrong(endpoint + "=localhost:4317").says(endpoint, "localhost:4317").advises("http://localhost:4317"));
		cases.add(wrong(endpoint + "=http://me:" + SECRET + "@host:4317").says(endpoint, "a user").advises("headers"));
		cases.add(wrong(server + "/otlp").says(endpoint, "path").advises(exporter + "protocol to http"));
		cases.add(wrong(endpoint + "=http://localhost:4318/v1/logs", exporter + "protocol=http")
			.says(endpoint, "one signal")
			.advises("Leave out"));
		cases
			.add(wrong(server, exporter + "headers.[a b]=" + SECRET).says(exporter + "headers.a b").advises("letters"));
		cases.add(wrong(server, exporter + "headers.te=" + SECRET).says(exporter + "headers.te").advises("Remove it"));
		cases.add(wrong(server, exporter + "headers.x-key=" + SECRET + "\n").says(exporter + "headers.x-key")
			.advises("line break"));
		cases.add(wrong(server, exporter + "header.x-key=" + SECRET).says(exporter + "header.x-key")
			.advises("Remove 'ferrule.exporter.header.x-key'"));
		cases.add(wrong(server, exporter + "timeout=0").says(exporter + "timeout").advises("at least 1ms"));
		cases.add(wrong(server, exporter + "connections=0").says(exporter + "connections").advises("from 1 to 1024"));
		cases.add(wrong("ferrule.batch.min-size=2MB", "ferrule.batch.max-size=1MB")
			.says("ferrule.batch.max-size", "ferrule.batch.min-size")
			.advises("at least as large"));
		cases.add(wrong("ferrule.batch.partition-by=a b").says("ferrule.batch.partition-by", "a b").advises("letters"));
		cases.add(wrong("ferrule.retry.max-attempts=0").says("ferrule.retry.max-attempts").advises("from 1 to 1000"));
		cases.add(wrong("ferrule.retry.multiplier=0.5").says("ferrule.retry.multiplier", "0.5").advises("from 1"));
		cases.add(wrong("ferrule.retry.initial-interval=6s").says("ferrule.retry.initial-interval", "max-interval")
			.advises("Shorten it"));
	}

	private static void tls(List<WrongConfiguration> cases) {
		String[] secure = { "ferrule.exporter.endpoint=https://localhost:4317", "ferrule.exporter.ssl.bundle=web" };
		String bundle = "ferrule.exporter.ssl.bundle";
		String pem = "spring.ssl.bundle.pem.web.";
		String trusted = pem + "truststore.certificate=classpath:tls/ca.pem";
		cases.add(wrong(secure).says(bundle, "does not exist").advises("spring.ssl.bundle.pem.web"));
		cases.add(
				wrong("ferrule.exporter.endpoint=http://localhost:4317", bundle + "=web", trusted).says(bundle, "https")
					.advises("start with https://"));
		cases.add(wrong(secure).with(pem + "truststore.certificate=/does/not/exist.pem")
			.says("'web'", "/does/not/exist.pem")
			.advises("spring.ssl.bundle"));
		cases.add(wrong(secure).with(pem + "truststore.certificate=classpath:tls/client.key")
			.says("'web'")
			.advises("spring.ssl.bundle"));
		cases
			.add(wrong(secure)
				.with(pem + "keystore.certificate=classpath:tls/client.pem",
						pem + "keystore.private-key=classpath:tls/server.key")
				.says("'web'")
				.advises("spring.ssl.bundle"));
		cases.add(wrong(secure)
			.with("spring.ssl.bundle.jks.web.truststore.location=classpath:tls/ca.pem",
					"spring.ssl.bundle.jks.web.truststore.password=" + SECRET)
			.says("'web'")
			.advises("spring.ssl.bundle"));
	}

	private static void pipelines(List<WrongConfiguration> cases) {
		String a = "ferrule.pipelines.a.";
		String b = "ferrule.pipelines.b.";
		cases.add(wrong("ferrule.pipelines.[A-b].exporter.type=log").says("ferrule.pipelines.A-b").advises("'ab'"));
		cases.add(wrong(a + "signals=traces", b + "signals=traces,metrics,logs").says(a + "signals", b + "signals")
			.advises("Leave each signal to one pipeline"));
		cases.add(wrong(a + "signals=traces").says("ferrule.pipelines", "metrics,logs").advises("Add them"));
		cases.add(wrong(a + "exporter.type=log", b + "exporter.type=log").says(b + "signals", a + "signals")
			.advises("set the signals"));
		cases.add(wrong(a + "signals=traces,metrics,logs", b + "exporter.type=log").says(b + "signals")
			.advises("Remove the pipeline"));
		cases.add(wrong(a + "exporter.type=log", "ferrule.exporter.type=log").says("ferrule.exporter")
			.advises("Move its keys under ferrule.pipelines.<name>"));
		cases.add(wrong(a + "exporter.endpiont=http://x").says(a + "exporter.endpiont")
			.advises("'" + a + "exporter.endpoint'"));
		cases.add(wrong(a + "retry.max-attempts=0").says(a + "retry.max-attempts").advises("from 1 to 1000"));
	}

	private static void engine(List<WrongConfiguration> cases) {
		String location = "ferrule.engine.config-location";
		cases.add(wrong(location + "=/does/not/exist.yaml").says(location, "does/not/exist.yaml").advises("readable"));
		cases.add(wrong(location + "=file:/tmp").says(location, "/tmp").advises("readable"));
		cases.add(wrong(location + "=").says(location).advises("Give '" + location + "' a value"));
		cases.add(wrong(location + "=classpath:engine.yaml", "ferrule.exporter.type=log")
			.says(location, "ferrule.exporter")
			.advises("Keep either"));
		cases.add(file("empty").says(location, "is empty").advises("readable"));
		cases.add(file("no-yaml").says("line 3").advises("no-yaml.yaml", location));
		cases.add(file("misspelt-key").says("max_in_flght", "Pipeline: main", "Node: out").advises("node 'out'"));
		cases.add(file("unknown-key").says("piplines", "line").advises("unknown-key.yaml", location));
		cases.add(file("unknown-type").says("exporter:kafka", "Node: out").advises("node 'out'"));
		cases.add(file("cycle").says("ycle").advises("cycle.yaml"));
		cases.add(file("no-receiver").says("urn:ferrule:receiver:host").advises("no-receiver.yaml"));
		cases.add(file("missing-node").says("nowhere").advises("missing-node.yaml"));
	}

	private static void others(List<WrongConfiguration> cases) {
		String path = "ferrule.native.path";
		cases.add(wrong(path + "=/does/not/exist.so").says("/does/not/exist.so").advises(path));
		cases.add(wrong(path + "=/tmp").says("/tmp").advises(path));
		cases.add(wrong(path + "=/etc/passwd").says("/etc/passwd").advises(path));
		cases.add(wrong(path + "=").says(path).advises(path));
		cases.add(wrong("ferrule.enigne.cores=1").says("ferrule.enigne.cores").advises("'ferrule.engine.cores'"));
		cases.add(wrong("ferrule.otlp.http.enabled=true").says("ferrule.otlp.http.enabled", "servlet")
			.advises("spring-boot-starter-webmvc"));
	}

	private static WrongConfiguration file(String name) {
		return wrong("ferrule.engine.config-location=classpath:dev/ferrule/autoconfigure/" + name + ".yaml");
	}

	private static WrongConfiguration wrong(String... properties) {
		return new WrongConfiguration(List.of(properties), List.of(), List.of());
	}

	/**
	 * A wrong configuration.
	 *
	 * @param properties properties, as {@code name=value}
	 * @param description what the description contains
	 * @param action what the action contains
	 */
	record WrongConfiguration(List<String> properties, List<String> description, List<String> action) {

		WrongConfiguration with(String... more) {
			List<String> all = new ArrayList<>(this.properties);
			all.addAll(List.of(more));
			return new WrongConfiguration(all, this.description, this.action);
		}

		WrongConfiguration says(String... parts) {
			return new WrongConfiguration(this.properties, List.of(parts), this.action);
		}

		WrongConfiguration advises(String... parts) {
			return new WrongConfiguration(this.properties, this.description, List.of(parts));
		}

		String[] arguments() {
			return this.properties.stream().map((property) -> "--" + property).toArray(String[]::new);
		}

		@Override
		public String toString() {
			return String.join(" ", this.properties);
		}

	}

}
