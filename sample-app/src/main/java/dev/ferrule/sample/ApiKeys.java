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

package dev.ferrule.sample;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.stereotype.Component;

/**
 * Tells by an API key for which tenants its client may send: each is an authority,
 * {@code TENANT_} and its name.
 * <p>
 * Keys are looked up by their SHA-256, so how long that takes tells nothing of a key.
 * Password encoders such as bcrypt are slow on purpose, to make up for passwords that can
 * be guessed; random keys cannot, and are checked with every request.
 */
@Component
final class ApiKeys implements AuthenticationManager {

	static final String AUTHORITY_PREFIX = "TENANT_";

	private static final String BEARER = "Bearer ";

	private static final String HASHED = "sha256:";

	private static final int LEAST_CHARACTERS = 20;

	private final Map<String, Authentication> clients;

	ApiKeys(GatewayProperties gateway) {
		Map<String, Set<String>> tenants = new HashMap<>();
		gateway.tenants()
			.forEach((name, tenant) -> tenant.apiKeys()
				.forEach((key) -> tenants.computeIfAbsent(digest(key), (digest) -> new TreeSet<>()).add(name)));
		this.clients = tenants.entrySet()
			.stream()
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, (entry) -> client(entry.getValue())));
	}

	private static Authentication client(Set<String> tenants) {
		List<String> authorities = tenants.stream().map((tenant) -> AUTHORITY_PREFIX + tenant).toList();
		return UsernamePasswordAuthenticationToken.authenticated(String.join(",", tenants), null,
				AuthorityUtils.createAuthorityList(authorities));
	}

	/**
	 * Reads the key of a request.
	 * @param authorization the header {@code Authorization}, or {@code null}
	 * @param apiKey the header {@code X-API-Key}, or {@code null}
	 * @return the key to authenticate, or {@code null} if there is none
	 */
	static @Nullable Authentication read(@Nullable String authorization, @Nullable String apiKey) {
		String key = apiKey;
		if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
			key = authorization.substring(BEARER.length()).strip();
		}
		return (key != null) ? UsernamePasswordAuthenticationToken.unauthenticated("API key", key) : null;
	}

	@Override
	public Authentication authenticate(Authentication request) {
		Authentication client = (request.getCredentials() instanceof String key) ? this.clients.get(sha256(key)) : null;
		if (client == null) {
			throw new BadCredentialsException("Unknown API key");
		}
		return client;
	}

	/**
	 * Returns what is wrong with a key in the configuration.
	 * @param key a key or the hash of one
	 * @return a clause that follows the name of the property and does not tell the key,
	 * or {@code null} if all is well
	 */
	static @Nullable String problem(String key) {
		if (key.contains("${")) {
			return "names something that is not set: set the variable or property in it";
		}
		if (isHash(key)) {
			return key.matches("(?i)sha256:[0-9a-f]{64}") ? null
					: "is not a SHA-256: write 64 hexadecimal digits after sha256:";
		}
		return (key.length() >= LEAST_CHARACTERS) ? null : "is shorter than " + LEAST_CHARACTERS
				+ " characters and may be guessed: make one with 'openssl rand -hex 32'";
	}

	private static boolean isHash(String key) {
		return key.regionMatches(true, 0, HASHED, 0, HASHED.length());
	}

	private static String digest(String key) {
		return isHash(key) ? key.substring(HASHED.length()).toLowerCase(Locale.ROOT) : sha256(key);
	}

	private static String sha256(String key) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
