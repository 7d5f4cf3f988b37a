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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Follows the links from page to page.
 */
final class Links {

	private static final Parser PARSER = Parser.builder().extensions(List.of(TablesExtension.create())).build();

	private Links() {
	}

	static void verify(String page) {
		PARSER.parse(Block.read(page)).accept(new AbstractVisitor() {

			@Override
			public void visit(Link link) {
				if (!link.getDestination().contains("://")) {
					follow(page, link.getDestination());
				}
			}

		});
	}

	private static void follow(String page, String destination) {
		String[] parts = destination.split("#", 2);
		Path from = Block.PROJECT.resolve(page);
		Path to = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
		assertThat(Files.exists(to)).as("%s: %s", page, destination).isTrue();
		if (parts.length > 1) {
			assertThat(anchors(Block.PROJECT.relativize(to).toString())).as("%s: %s", page, destination)
				.contains(parts[1]);
		}
	}

	private static List<String> anchors(String page) {
		TextContentRenderer renderer = TextContentRenderer.builder().build();
		List<String> anchors = new ArrayList<>();
		Node document = PARSER.parse(Block.read(page));
		document.accept(new AbstractVisitor() {

			@Override
			public void visit(Heading heading) {
				String text = renderer.render(heading).trim().toLowerCase(Locale.ROOT);
				anchors.add(text.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'));
			}

		});
		return anchors;
	}

}
