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

package dev.ferrule.context;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

import dev.ferrule.context.ClientMetadata.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ClientMetadata}.
 */
class ClientMetadataTests {

	private final ClientMetadata metadata = ClientMetadata.builder()
		.add("X-Tenant", "a")
		.add("x-e", "")
		.add("x-tenant", "b")
		.add(":authority", "gw")
		.build();

	@Test
	void entriesKeepTheirOrder() {
		assertThat(this.metadata.entries()).extracting(Entry::name)
			.containsExactly("x-tenant", "x-e", "x-tenant", "host");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x-tenant", "X-TENANT", "X-Tenant" })
	void namesAreFoundInAnyCase(String name) {
		assertThat(this.metadata.first(name)).isEqualTo("a");
		assertThat(this.metadata.values(name)).containsExactly("a", "b");
	}

	@Test
	void emptyValueIsNotAbsent() {
		assertThat(this.metadata.first("x-e")).isEmpty();
		assertThat(this.metadata.values("x-e")).containsExactly("");
	}

	@ParameterizedTest
	@ValueSource(strings = { "missing", "", "x-tenant ", " x-tenant", "\u212aey", "x-tenan\u0442" })
	void otherNamesAreAbsent(String name) {
		assertThat(this.metadata.first(name)).isNull();
		assertThat(this.metadata.values(name)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "host", "Host", ":authority", ":Authority" })
	void hostAndAuthorityAreOne(String name) {
		assertThat(this.metadata.values(name)).containsExactly("gw");
		assertThat(this.metadata.host()).isEqualTo("gw");
	}

	@Test
	void keyWithKelvinSignIsAnother() {
		ClientMetadata metadata = ClientMetadata.builder().add("key", "1").build();
		assertThat(metadata.first("\u212aey")).isNull();
	}

	@Test
	void lowerCasingIgnoresTheLocale() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr-TR"));
		try {
			ClientMetadata metadata = ClientMetadata.builder().add("X-ID", "1").build();
			assertThat(metadata.entries()).extracting(Entry::name).containsExactly("x-id");
			assertThat(metadata.first("X-ID")).isEqualTo("1");
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "api-key", "Authorization", "Cookie", "proxy-authorization", "Set-Cookie",
			"x-amz-security-token", "X-API-Key", "x-goog-iam-authorization-token" })
	void credentialsAreSensitive(String name) {
		assertThat(ClientMetadata.builder().add(name, "s").build().entries()).allMatch(Entry::sensitive);
		assertThat(ClientMetadata.builder().addBinary(name, new byte[] { 1 }).build().entries())
			.allMatch(Entry::sensitive);
	}

	@Test
	void otherHeadersAreNotSensitive() {
		assertThat(this.metadata.entries()).noneMatch(Entry::sensitive);
	}

	@Test
	void stringHasNamesOnly() {
		ClientMetadata metadata = ClientMetadata.builder()
			.add("authorization", "Bearer secret")
			.add("x-tenant", "private")
			.build();
		assertThat(metadata).hasToString("ClientMetadata[authorization, x-tenant]");
		assertThat(metadata.entries().toString()).doesNotContain("secret", "private");
		assertThat(metadata.entries().get(0)).hasToString("Entry[authorization, 13 bytes, sensitive]");
	}

	@Test
	void textIsUtf8() {
		ClientMetadata metadata = ClientMetadata.builder().add("x-u", "h\u00e9").build();
		assertThat(metadata.entries().get(0).value()).isEqualTo("h\u00e9".getBytes(StandardCharsets.UTF_8));
		assertThat(metadata.first("x-u")).isEqualTo("h\u00e9");
	}

	@Test
	void textIsNotSplitOnCommas() {
		assertThat(ClientMetadata.builder().add("x-m", "a, b").add("x-m", "c").build().values("x-m"))
			.containsExactly("a, b", "c");
	}

	@Test
	void binaryValuesAreCopiedAndAreNotText() {
		byte[] bytes = { 1, 2, 3 };
		ClientMetadata metadata = ClientMetadata.builder().addBinary("X-A-Bin", bytes).build();
		bytes[0] = 9;
		assertThat(metadata.entries()).containsExactly(new Entry("x-a-bin", new byte[] { 1, 2, 3 }, true, false));
		assertThat(metadata.first("x-a-bin")).isNull();
		assertThat(metadata.values("x-a-bin")).isEmpty();
	}

	@Test
	void metadataDoesNotFollowItsBuilder() {
		ClientMetadata.Builder builder = ClientMetadata.builder().add("a", "1");
		ClientMetadata metadata = builder.build();
		builder.add("b", "2");
		assertThat(metadata.entries()).hasSize(1);
	}

	@Test
	void listsCannotBeChanged() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.metadata.entries().remove(0));
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.metadata.values("x-tenant").remove(0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x y", "x-\u00c4", "x\r\ny", "x:y", ":path", ":", "(x)", "x\u0000" })
	void illegalNamesAreRefused(String name) {
		assertThat(ClientMetadata.isLegalName(name)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> ClientMetadata.builder().add(name, "1"))
			.withMessageMatching("\\p{Print}*");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x.tenant", "X_Y", "-bin", "a", "!#$%&'*+-.^_`|~", ":authority" })
	void unusualNamesAreLegal(String name) {
		assertThat(ClientMetadata.isLegalName(name)).isTrue();
		assertThat(ClientMetadata.builder().add(name, "1").build().first(name)).isEqualTo("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1\r\nx-b: 2", "1\n", "\r", "a\u0000b" })
	void valuesThatCouldInjectHeadersAreRefused(String value) {
		assertThat(ClientMetadata.isLegalValue(value)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> ClientMetadata.builder().add("x-a", value))
			.withMessageNotContaining(value);
	}

	@Test
	void emptyMetadataIsShared() {
		assertThat(ClientMetadata.builder().build()).isSameAs(ClientMetadata.empty());
		assertThat(ClientMetadata.empty().isEmpty()).isTrue();
		assertThat(this.metadata.isEmpty()).isFalse();
	}

	@Test
	void equalEntriesMakeEqualMetadata() {
		ClientMetadata one = ClientMetadata.builder().add("a", "1").addBinary("b", new byte[] { 1 }).build();
		ClientMetadata other = ClientMetadata.builder().add("A", "1").addBinary("b", new byte[] { 1 }).build();
		assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).isNotEqualTo(this.metadata);
	}

	@Test
	void wellKnownHeadersHaveAccessors() {
		ClientMetadata metadata = ClientMetadata.builder()
			.add("Authorization", "Bearer t")
			.add("User-Agent", "otel-java/1")
			.build();
		assertThat(metadata.authorization()).isEqualTo("Bearer t");
		assertThat(metadata.userAgent()).isEqualTo("otel-java/1");
		assertThat(List.of(metadata, this.metadata)).extracting(ClientMetadata::host).containsExactly(null, "gw");
	}

	@Test
	void valuesOfANameAreReplaced() {
		ClientMetadata metadata = ClientMetadata.builder()
			.add("x-tenant", "forged")
			.add("x-other", "1")
			.add("X-Tenant", "again")
			.build();
		ClientMetadata replaced = metadata.with("X-Tenant", "shop");
		assertThat(replaced).isEqualTo(ClientMetadata.builder().add("x-other", "1").add("x-tenant", "shop").build());
		assertThat(metadata.values("x-tenant")).containsExactly("forged", "again");
		assertThat(ClientMetadata.empty().with("a", "b").first("A")).isEqualTo("b");
	}

	@Test
	void namesAreRemoved() {
		ClientMetadata metadata = ClientMetadata.builder().add("a", "1").addBinary("b-bin", new byte[] { 1 }).build();
		assertThat(metadata.without("B-Bin")).isEqualTo(ClientMetadata.builder().add("a", "1").build());
		assertThat(metadata.without("c")).isSameAs(metadata);
		assertThat(metadata.without("a").without("b-bin")).isSameAs(ClientMetadata.empty());
	}

}
