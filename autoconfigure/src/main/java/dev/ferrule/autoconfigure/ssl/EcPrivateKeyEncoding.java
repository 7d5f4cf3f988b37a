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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;

/**
 * Encoder of keys on elliptic curves together with their public key (RFC 5958 and RFC
 * 5915), which the JDK leaves out and the engine's cryptography insists on.
 */
final class EcPrivateKeyEncoding {

	private static final int INTEGER = 0x02;

	private static final int BIT_STRING = 0x03;

	private static final int OCTET_STRING = 0x04;

	private static final int SEQUENCE = 0x30;

	private static final int PUBLIC_KEY = 0xa1;

	/** The object identifier of id-ecPublicKey. */
	private static final byte[] ALGORITHM = { 0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01 };

	/** No unused bits, and a point that is not compressed. */
	private static final byte[] POINT = { 0, 4 };

	private EcPrivateKeyEncoding() {
	}

	/**
	 * Encodes a key in PKCS#8.
	 * @param privateKey private key
	 * @param publicKey its public key
	 * @return encoded key
	 * @throws GeneralSecurityException if the curve has no name
	 * @throws IOException if the name cannot be encoded
	 */
	static byte[] encode(ECPrivateKey privateKey, ECPublicKey publicKey) throws GeneralSecurityException, IOException {
		AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
		curve.init(privateKey.getParams());
		int size = (privateKey.getParams().getCurve().getField().getFieldSize() + 7) / 8;
		byte[] secret = der(OCTET_STRING, unsigned(privateKey.getS(), size));
		byte[] point = der(BIT_STRING, POINT, unsigned(publicKey.getW().getAffineX(), size),
				unsigned(publicKey.getW().getAffineY(), size));
		byte[] key = der(SEQUENCE, number(1), secret, der(PUBLIC_KEY, point));
		return der(SEQUENCE, number(0), der(SEQUENCE, ALGORITHM, curve.getEncoded()), der(OCTET_STRING, key));
	}

	private static byte[] number(int value) {
		return der(INTEGER, new byte[] { (byte) value });
	}

	private static byte[] der(int tag, byte[]... parts) {
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			content.writeBytes(part);
		}
		ByteArrayOutputStream element = new ByteArrayOutputStream();
		element.write(tag);
		// No key on a curve is longer than 255 bytes
		if (content.size() > 127) {
			element.write(0x81);
		}
		element.write(content.size());
		element.writeBytes(content.toByteArray());
		return element.toByteArray();
	}

	private static byte[] unsigned(BigInteger number, int size) {
		byte[] bytes = number.toByteArray();
		byte[] result = new byte[size];
		int length = Math.min(bytes.length, size);
		System.arraycopy(bytes, bytes.length - length, result, size - length, length);
		return result;
	}

}
