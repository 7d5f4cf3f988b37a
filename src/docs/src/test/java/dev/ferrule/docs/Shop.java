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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application of getting-started.md, made of nothing but what stands there. Only
 * where the artifacts of this project come from differs: from the build, not from the
 * local repository.
 */
final class Shop implements AutoCloseable {

	static final String PAGE = "src/docs/getting-started.md";

	private static final List<String> MODULES = List.of("rust-core", "core", "autoconfigure", "starter");

	private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");

	private static final Pattern TYPE = Pattern.compile("class (\\w+)");

	private final Path project;

	private final Shell shell;

	private ApplicationProcess process;

	Shop(Path directory) throws IOException {
		this.project = Files.createDirectory(directory.resolve("shop"));
		Path repository = Files.createDirectory(directory.resolve("repository"));
		install(repository);
		this.shell = new Shell(this.project,
				Map.of("MAVEN_ARGS",
						"-B -ntp -Dmaven.repo.local=" + repository + " -Dmaven.repo.local.tail="
								+ System.getProperty("ferrule.local-repository"),
						"MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*"));
		for (Block block : Block.of(PAGE)) {
			write(block);
		}
	}

	Shell shell() {
		return this.shell;
	}

	/**
	 * Returns the running application. Its page builds it before another page needs it,
	 * or it is built now.
	 */
	ApplicationProcess process() throws IOException {
		if (this.process == null) {
			if (Files.notExists(this.project.resolve("target"))) {
				this.shell.run(command("mvn "));
			}
			Path jar = this.project.resolve("target/shop-1.0.jar");
			Files.createSymbolicLink(this.project.resolve("application.jar"), jar);
			this.process = ApplicationProcess.start(this.shell, command("java -jar "), this.project.resolve("log"));
		}
		return this.process;
	}

	String log() {
		return (this.process != null) ? this.process.log() : "";
	}

	boolean isStart(String command) {
		return command.equals(command("java -jar "));
	}

	private static String command(String start) {
		return Block.of(PAGE)
			.stream()
			.filter((block) -> block.language().equals("shell") && block.text().startsWith(start))
			.findFirst()
			.orElseThrow()
			.text()
			.trim();
	}

	private void write(Block block) throws IOException {
		Path file = switch (block.language()) {
			case "xml" -> Path.of("pom.xml");
			case "properties" -> Path.of("src/main/resources/application.properties");
			case "java" ->
				Path.of("src/main/java", find(PACKAGE, block).replace('.', '/'), find(TYPE, block) + ".java");
			default -> null;
		};
		if (file != null) {
			assertThat(Block.read(PAGE)).as("%s: the page names its file", block).contains("`" + file + "`");
			Files.createDirectories(this.project.resolve(file).getParent());
			Files.writeString(this.project.resolve(file), block.text());
		}
	}

	private static String find(Pattern pattern, Block block) {
		Matcher matcher = pattern.matcher(block.text());
		assertThat(matcher.find()).as("%s: %s", block, pattern).isTrue();
		return matcher.group(1);
	}

	private static void install(Path repository) throws IOException {
		String version = System.getProperty("ferrule.version");
		put(Block.PROJECT.resolve("pom.xml"), repository, "ferrule", version, "pom");
		for (String module : MODULES) {
			Path pom = Block.PROJECT.resolve(module).resolve("pom.xml");
			Matcher artifact = Pattern.compile("</parent>\\s*<artifactId>([\\w-]+)").matcher(Files.readString(pom));
			assertThat(artifact.find()).isTrue();
			String name = artifact.group(1);
			put(pom, repository, name, version, "pom");
			Path jar = pom.resolveSibling("target").resolve(name + "-" + version + ".jar");
			put(jar, repository, name, version, "jar");
		}
	}

	private static void put(Path file, Path repository, String artifact, String version, String extension)
			throws IOException {
		Path directory = Files.createDirectories(repository.resolve("dev/ferrule").resolve(artifact).resolve(version));
		Files.createSymbolicLink(directory.resolve(artifact + "-" + version + "." + extension), file);
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.close();
		}
	}

}
