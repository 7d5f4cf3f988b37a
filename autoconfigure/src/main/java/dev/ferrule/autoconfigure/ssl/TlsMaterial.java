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

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Material that a client needs for TLS, as PEM. Holds a private key, so it is never
 * printed.
 *
 * @param trusted authorities to trust, or {@code null} for those of the platform
 * @param certificates the client's certificate and those that it was signed with, or
 * {@code null} if the client shows none
 * @param key key of that certificate, or {@code null} if there is none
 */
record TlsMaterial(@Nullable String trusted, @Nullable String certificates, @Nullable String key) {

	private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(64, new byte[] { '\n' });

	/**
	 * Reads a bundle.
	 * @param bundle bundle of any kind
	 * @return its content
	 * @throws GeneralSecurityException if a store cannot be read, such as with a wrong
	 * password
	 * @throws IOException if a key cannot be encoded
	 * @throws IllegalStateException if a store lacks what it is for
	 */
	static TlsMaterial of(SslBundle bundle) throws GeneralSecurityException, IOException {
		KeyStore trustStore = bundle.getStores().getTrustStore();
		String trusted = (trustStore != null) ? trusted(trustStore) : null;
		KeyStore keyStore = bundle.getStores().getKeyStore();
		String alias = (keyStore != null) ? alias(bundle, keyStore) : null;
		if (keyStore == null || alias == null) {
			return new TlsMaterial(trusted, null, null);
		}
		String keyPassword = bundle.getKey().getPassword();
		String password = (keyPassword != null) ? keyPassword : bundle.getStores().getKeyStorePassword();
		Key key = keyStore.getKey(alias, (password != null) ? password.toCharArray() : null);
		Certificate[] chain = keyStore.getCertificateChain(alias);
		if (key == null || chain == null || chain.length == 0) {
			throw new IllegalStateException("Alias '" + alias + "' of the key store is not a key with a certificate");
		}
		StringBuilder certificates = new StringBuilder();
		for (Certificate certificate : chain) {
			append(certificates, "CERTIFICATE", certificate.getEncoded());
		}
		StringBuilder privateKey = new StringBuilder();
		append(privateKey, "PRIVATE KEY", encode(key, chain[0]));
		return new TlsMaterial(trusted, certificates.toString(), privateKey.toString());
	}

	Map<String, String> toMap() {
		Map<String, String> map = new LinkedHashMap<>();
		putIfPresent(map, "trusted", this.trusted);
		putIfPresent(map, "certificates", this.certificates);
		putIfPresent(map, "key", this.key);
		return map;
	}

	@Override
	public String toString() {
		return "TlsMaterial[trusted=" + (this.trusted != null) + ", key=" + (this.key != null) + "]";
	}

	private static String trusted(KeyStore store) throws GeneralSecurityException {
		StringBuilder pem = new StringBuilder();
		for (String alias : Collections.list(store.aliases())) {
			Certificate certificate = store.getCertificate(alias);
			if (certificate != null) {
				append(pem, "CERTIFICATE", certificate.getEncoded());
			}
		}
		if (pem.isEmpty()) {
			throw new IllegalStateException("The trust store holds no certificate");
		}
		return pem.toString();
	}

	private static @Nullable String alias(SslBundle bundle, KeyStore store) throws KeyStoreException {
		String alias = bundle.getKey().getAlias();
		if (alias != null) {
			return alias;
		}
		for (String candidate : Collections.list(store.aliases())) {
			if (store.isKeyEntry(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	private static byte[] encode(Key key, Certificate certificate) throws GeneralSecurityException, IOException {
		if (key instanceof ECPrivateKey privateKey && certificate.getPublicKey() instanceof ECPublicKey publicKey) {
			checkPair(privateKey, publicKey);
			return EcPrivateKeyEncoding.encode(privateKey, publicKey);
		}
		byte[] encoded = key.getEncoded();
		if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
			throw new IllegalStateException("The private key cannot leave its key store");
		}
		return encoded;
	}

	/** The engine checks it too, but would only say that it cannot read the key. */
	private static void checkPair(ECPrivateKey privateKey, ECPublicKey publicKey) throws GeneralSecurityException {
		Signature signature = Signature.getInstance("SHA256withECDSA");
		signature.initSign(privateKey);
		byte[] signed = signature.sign();
		signature.initVerify(publicKey);
		if (!signature.verify(signed)) {
			throw new IllegalStateException("The private key does not belong to the certificate");
		}
	}

	private static void append(StringBuilder pem, String label, byte[] content) {
		pem.append("-----BEGIN ").append(label).append("-----\n");
		pem.append(BASE64.encodeToString(content));
		pem.append("\n-----END ").append(label).append("-----\n");
	}

	private static void putIfPresent(Map<String, String> map, String key, @Nullable String value) {
		if (value != null) {
			map.put(key, value);
		}
	}

}
