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

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Visitor of the code of a class that looks whether the members of Tomcat that it refers
 * to are there and can be used.
 */
final class ReferenceCheck extends ClassVisitor {

	private static final String CONSTRUCTOR = "<init>";

	private final ClassLoader loader;

	private @Nullable ReflectiveOperationException problem;

	ReferenceCheck(ClassLoader loader) {
		super(SpringAsmInfo.ASM_VERSION);
		this.loader = loader;
	}

	void rethrow() throws ReflectiveOperationException {
		if (this.problem != null) {
			throw this.problem;
		}
	}

	@Override
	public MethodVisitor visitMethod(int access, String name, String descriptor, @Nullable String signature,
			String @Nullable [] exceptions) {
		return new MethodVisitor(SpringAsmInfo.ASM_VERSION) {

			@Override
			public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
				check(owner, name, descriptor);
			}

			@Override
			public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
				check(owner, name, descriptor);
			}

			@Override
			public void visitTypeInsn(int opcode, String type) {
				if (!type.startsWith("[")) {
					check(type, null, null);
				}
			}

			@Override
			public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
				for (Object argument : arguments) {
					if (argument instanceof Handle handle) {
						check(handle.getOwner(), handle.getName(), handle.getDesc());
					}
				}
			}

		};
	}

	private void check(String owner, @Nullable String name, @Nullable String descriptor) {
		// What our own types inherit is referred to as theirs.
		if (this.problem != null || !(owner.startsWith("org/apache/") || owner.startsWith("dev/ferrule/web/tomcat/"))) {
			return;
		}
		try {
			Class<?> type = Class.forName(Type.getObjectType(owner).getClassName(), false, this.loader);
			boolean implemented = !Modifier.isAbstract(type.getModifiers());
			if (name != null && descriptor != null && !hasMember(type, name, descriptor, implemented)) {
				throw new NoSuchMethodException(type.getName() + "." + name + descriptor);
			}
		}
		catch (ReflectiveOperationException ex) {
			this.problem = ex;
		}
	}

	private static boolean hasMember(@Nullable Class<?> type, String name, String descriptor, boolean implemented) {
		if (type == null) {
			return false;
		}
		if (declares(type, name, descriptor, implemented)) {
			return true;
		}
		if (CONSTRUCTOR.equals(name)) {
			return false;
		}
		for (Class<?> parent : type.getInterfaces()) {
			if (hasMember(parent, name, descriptor, implemented)) {
				return true;
			}
		}
		return hasMember(type.getSuperclass(), name, descriptor, implemented);
	}

	private static boolean declares(Class<?> type, String name, String descriptor, boolean implemented) {
		if (CONSTRUCTOR.equals(name)) {
			for (Constructor<?> constructor : type.getDeclaredConstructors()) {
				if (Type.getConstructorDescriptor(constructor).equals(descriptor) && isUsable(type, constructor)) {
					return true;
				}
			}
			return false;
		}
		if (!descriptor.startsWith("(")) {
			for (Field field : type.getDeclaredFields()) {
				if (field.getName().equals(name) && Type.getDescriptor(field.getType()).equals(descriptor)) {
					return isUsable(type, field);
				}
			}
			return false;
		}
		for (Method method : type.getDeclaredMethods()) {
			if (method.getName().equals(name) && Type.getMethodDescriptor(method).equals(descriptor)) {
				return isUsable(type, method) && !(implemented && Modifier.isAbstract(method.getModifiers()));
			}
		}
		return false;
	}

	private static boolean isUsable(Class<?> type, Member member) {
		return Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers())
				|| type.getPackageName().equals(ReferenceCheck.class.getPackageName());
	}

}
