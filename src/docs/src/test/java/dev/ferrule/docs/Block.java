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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A code block of a page.
 *
 * @param page path of the page below the project's directory
 * @param line line of its first character
 * @param language first word behind the fence, empty if there is none
 * @param text what stands in it
 */
record Block(String page, int line, String language, String text) {

	static final Path PROJECT = Path.of(System.getProperty("ferrule.project"));

	/**
	 * Returns the pages: README.md, the page that makes the application for others, and
	 * everything else below src/docs.
	 */
	static List<String> pages() {
		try (Stream<Path> files = Files.walk(PROJECT.resolve("src/docs"))) {
			Stream<String> pages = files.map((file) -> PROJECT.relativize(file).toString().replace('\\', '/'))
				.filter((name) -> name.endsWith(".md") && !name.contains("/target/"))
				.sorted();
			return Stream.concat(Stream.of("README.md", Shop.PAGE), pages).distinct().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static List<Block> of(String page) {
		List<Block> blocks = new ArrayList<>();
		Parser.builder()
			.includeSourceSpans(IncludeSourceSpans.BLOCKS)
			.build()
			.parse(read(page))
			.accept(new AbstractVisitor() {

				@Override
				public void visit(FencedCodeBlock block) {
					String language = block.getInfo().split(" ", 2)[0];
					add(block.getSourceSpans().get(0).getLineIndex(), language, block.getLiteral());
				}

				@Override
				public void visit(IndentedCodeBlock block) {
					add(block.getSourceSpans().get(0).getLineIndex(), "", block.getLiteral());
				}

				private void add(int line, String language, String text) {
					blocks.add(new Block(page, line + 1, language, text));
				}

			});
		return blocks;
	}

	static String read(String page) {
		try {
			return Files.readString(PROJECT.resolve(page));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return this.page + ":" + this.line + " " + this.language;
	}

}
