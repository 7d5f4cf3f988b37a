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

package dev.ferrule.autoconfigure.ssl;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemContent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TlsMaterial}.
 */
class TlsMaterialTests {

	@Test
	void pemBundleHasAllThree() throws Exception {
		TlsMaterial material = TlsMaterial.of(TlsFixtures.pem("client", "ca"));
		assertThat(PemContent.of(material.trusted()).getCertificates())
			.isEqualTo(PemContent.of(TlsMaterial.of(TlsFixtures.pem(null, "ca")).trusted()).getCertificates());
		assertThat(PemContent.of(material.certificates()).getCertificates()).hasSize(1);
		assertThat(material.toMap()).containsOnlyKeys("trusted", "certificates", "key");
		assertThat(material).hasToString("TlsMaterial[trusted=true, key=true]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "JKS", "PKCS12" })
	void keyStoreGivesItsFirstKey(String type) throws Exception {
		TlsMaterial material = TlsMaterial.of(TlsFixtures.keyStore(type, "client", TlsFixtures.PASSWORD));
		assertThat(material.trusted()).isNull();
		assertThat(material).isEqualTo(TlsMaterial.of(TlsFixtures.pem("client", null)));
	}

	@Test
	void bundleWithoutKeyGivesTrustOnly() throws Exception {
		assertThat(TlsMaterial.of(TlsFixtures.pem(null, "ca")).toMap()).containsOnlyKeys("trusted");
		KeyStore keys = TlsFixtures.empty("PKCS12");
		assertThat(TlsMaterial.of(bundle(keys, null, SslBundleKey.NONE)).toMap()).isEmpty();
	}

	@Test
	void allAuthoritiesOfATrustStoreAreTrusted() throws Exception {
		KeyStore store = TlsFixtures.empty("PKCS12");
		for (String name : new String[] { "ca", "other-ca" }) {
			KeyStore one = TlsFixtures.pem(null, name).getStores().getTrustStore();
			store.setCertificateEntry(name, one.getCertificate(one.aliases().nextElement()));
		}
		String trusted = TlsMaterial.of(bundle(null, store, SslBundleKey.NONE)).trusted();
		assertThat(PemContent.of(trusted).getCertificates()).hasSize(2);
	}

	@Test
	void aliasChoosesTheKey() throws Exception {
		KeyStore store = TlsFixtures.keyStore("PKCS12", "client", TlsFixtures.PASSWORD).getStores().getKeyStore();
		assertThat(TlsMaterial.of(bundle(store, null, SslBundleKey.of(null, "mine"))).key()).isNotNull();
		assertThatIllegalStateException()
			.isThrownBy(() -> TlsMaterial.of(bundle(store, null, SslBundleKey.of(null, "another"))))
			.withMessage("Alias 'another' of the key store is not a key with a certificate");
	}

	@Test
	void wrongPasswordIsAnError() throws Exception {
		KeyStore store = TlsFixtures.keyStore("JKS", "client", "other").getStores().getKeyStore();
		assertThatExceptionOfType(UnrecoverableKeyException.class)
			.isThrownBy(() -> TlsMaterial.of(bundle(store, null, SslBundleKey.NONE)));
	}

	@Test
	void emptyTrustStoreIsAnError() throws Exception {
		KeyStore store = TlsFixtures.empty("PKCS12");
		assertThatIllegalStateException().isThrownBy(() -> TlsMaterial.of(bundle(null, store, SslBundleKey.NONE)))
			.withMessage("The trust store holds no certificate");
	}

	@ParameterizedTest
	@ValueSource(strings = { "secp256r1", "secp384r1", "secp521r1" })
	void keyOnACurveIsEncodedWithItsPublicKey(String curve) throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
		generator.initialize(new ECGenParameterSpec(curve));
		KeyPair pair = generator.generateKeyPair();
		ECPublicKey publicKey = (ECPublicKey) pair.getPublic();
		byte[] encoded = EcPrivateKeyEncoding.encode((ECPrivateKey) pair.getPrivate(), publicKey);
		assertThat(
				((ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded))).getS())
			.isEqualTo(((ECPrivateKey) pair.getPrivate()).getS());
		byte[] subject = publicKey.getEncoded();
		int point = 2 * ((publicKey.getParams().getCurve().getField().getFieldSize() + 7) / 8) + 1;
		HexFormat hex = HexFormat.of();
		assertThat(hex.formatHex(encoded)).endsWith(hex.formatHex(subject, subject.length - point, subject.length));
	}

	private static SslBundle bundle(KeyStore keys, KeyStore trust, SslBundleKey key) {
		return SslBundle.of(SslStoreBundle.of(keys, TlsFixtures.PASSWORD, trust), key);
	}

}
