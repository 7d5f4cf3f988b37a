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

package dev.ferrule.web.tomcat;

import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.ClassWriter;
import org.springframework.asm.FieldVisitor;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ProtocolProbe}.
 */
class ProtocolProbeTests {

	@Test
	void tomcatOfThisBuildFits() throws Exception {
		assertThat(ProtocolProbe.findProblem()).isNull();
		assertThat(probe(new OtherTomcat("nothing", "nothing"))).isNull();
		assertThat(ProtocolProbe.PROTOCOL).isEqualTo(DisconnectAwareHttp11NioProtocol.class.getName());
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.apache.tomcat.util.net.SecureNioChannel", "org.apache.coyote.http11.Http11Processor",
			"org.apache.catalina.connector.ClientAbortException" })
	void missingTypeIsFound(String type) throws Exception {
		assertThat(probe(new OtherTomcat(type, null))).contains(type.substring(type.lastIndexOf('.') + 1));
	}

	@ParameterizedTest
	@CsvSource({ "org.apache.tomcat.util.net.NioEndpoint$NioSocketWrapper, updateLastRead",
			"org.apache.coyote.http11.Http11Processor, isRequestBodyFullyRead",
			"org.apache.coyote.Response, getContentWritten", "org.apache.tomcat.util.net.NioEndpoint, createChannel",
			"org.apache.coyote.ActionCode, ASYNC_IS_STARTED", "org.apache.coyote.http11.Http11NioProtocol, <init>" })
	void missingMemberIsFound(String type, String member) throws Exception {
		assertThat(probe(new OtherTomcat(type, member))).contains(member);
	}

	@Test
	void furtherMethodOfAnInterfaceIsFound() throws Exception {
		assertThat(probe(new OtherTomcat("org.apache.coyote.Adapter", "+added"))).contains("added");
	}

	private static @Nullable String probe(ClassLoader loader) throws Exception {
		return (String) loader.loadClass(ProtocolProbe.class.getName()).getMethod("findProblem").invoke(null);
	}

	/**
	 * Loads Tomcat and the hook once more, changed at one place.
	 */
	private static final class OtherTomcat extends ClassLoader {

		private final String type;

		private final @Nullable String member;

		/**
		 * Creates a class loader.
		 * @param type type to change
		 * @param member member to rename, or to add with a plus in front, or {@code null}
		 * to leave out the type
		 */
		OtherTomcat(String type, @Nullable String member) {
			super(ProtocolProbeTests.class.getClassLoader());
			this.type = type;
			this.member = member;
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.startsWith("org.apache.") && !name.startsWith("dev.ferrule.web.tomcat.")) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			if (name.equals(this.type) && this.member == null) {
				throw new ClassNotFoundException(name);
			}
			try (InputStream code = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
				if (code == null) {
					throw new ClassNotFoundException(name);
				}
				byte[] bytes = (name.equals(this.type) && this.member != null) ? change(code, this.member)
						: code.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

		private static byte[] change(InputStream code, String member) throws IOException {
			ClassWriter changed = new ClassWriter(0);
			new ClassReader(code).accept(new ClassVisitor(SpringAsmInfo.ASM_VERSION, changed) {

				@Override
				public @Nullable MethodVisitor visitMethod(int access, String name, String descriptor,
						@Nullable String signature, String @Nullable [] exceptions) {
					if (name.equals("<init>") && name.equals(member) && !descriptor.equals("()V")) {
						return null;
					}
					String actual = (name.equals(member) && !name.equals("<init>")) ? "other" : name;
					return super.visitMethod(access, actual, descriptor, signature, exceptions);
				}

				@Override
				public FieldVisitor visitField(int access, String name, String descriptor, @Nullable String signature,
						@Nullable Object value) {
					return super.visitField(access, name.equals(member) ? "other" : name, descriptor, signature, value);
				}

				@Override
				public void visitEnd() {
					if (member.startsWith("+")) {
						super.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT, member.substring(1), "()V", null,
								null);
					}
					super.visitEnd();
				}

			}, 0);
			return changed.toByteArray();
		}

	}

}
