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

import java.security.KeyStore;
import java.util.Collections;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * Bundles of the certificates for tests, which tls/generate.sh wrote.
 */
final class TlsFixtures {

	static final String PASSWORD = "changeit";

	private TlsFixtures() {
	}

	/**
	 * Reads PEM files.
	 * @param name name of a certificate with a key, or {@code null} for none
	 * @param authority name of the authority to trust, or {@code null} for none
	 * @return the bundle
	 */
	static SslBundle pem(String name, String authority) {
		PemSslStoreDetails keys = (name != null) ? PemSslStoreDetails.forCertificate("classpath:tls/" + name + ".pem")
			.withPrivateKey("classpath:tls/" + name + ".key") : null;
		PemSslStoreDetails trust = (authority != null)
				? PemSslStoreDetails.forCertificate("classpath:tls/" + authority + ".pem") : null;
		return SslBundle.of(new PemSslStoreBundle(keys, trust));
	}

	/**
	 * Puts a certificate and its key into a key store.
	 * @param type type of the key store
	 * @param name name of the certificate
	 * @param keyPassword password of the key
	 * @return the bundle, which trusts whom the platform trusts
	 */
	static SslBundle keyStore(String type, String name, String keyPassword) throws Exception {
		KeyStore pem = pem(name, null).getStores().getKeyStore();
		String alias = Collections.list(pem.aliases()).get(0);
		KeyStore store = empty(type);
		store.setCertificateEntry("another", pem.getCertificate(alias));
		store.setKeyEntry("mine", pem.getKey(alias, null), keyPassword.toCharArray(), pem.getCertificateChain(alias));
		return SslBundle.of(SslStoreBundle.of(store, PASSWORD, null), SslBundleKey.of(keyPassword));
	}

	static KeyStore empty(String type) throws Exception {
		KeyStore store = KeyStore.getInstance(type);
		store.load(null, null);
		return store;
	}

}
