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

import java.io.File;
import java.io.StringReader;
import java.util.Map;
import java.util.TreeMap;

import javax.xml.parsers.DocumentBuilderFactory;

import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares dependencies of the pages with the project's own, and plugins with the
 * sample's.
 */
final class Coordinates {

	private final Map<String, String> own = new TreeMap<>();

	private final String bootVersion;

	private final String sample = Block.read("sample-app/pom.xml").replaceAll("(?s)<!--.*?-->", "");

	Coordinates() throws Exception {
		Document project = parse(Block.read("pom.xml"));
		String version = text(project.getDocumentElement(), "version");
		NodeList dependencies = project.getElementsByTagName("dependency");
		for (int i = 0; i < dependencies.getLength(); i++) {
			Element dependency = (Element) dependencies.item(i);
			if (text(dependency, "groupId").equals("dev.ferrule")) {
				this.own.put(text(dependency, "artifactId"), version);
			}
		}
		this.bootVersion = text(project.getDocumentElement(), "spring-boot.version");
	}

	void verify(Block block) throws Exception {
		if (block.text().startsWith("<plugin>")) {
			assertThat(Output.squeeze(this.sample)).as("%s: a plugin of the sample", block)
				.contains(Output.squeeze(block.text()));
			return;
		}
		Document document = parse("<snippet>" + block.text().replaceFirst("<\\?xml.*\\?>", "") + "</snippet>");
		NodeList dependencies = document.getElementsByTagName("dependency");
		assertThat(dependencies.getLength()).as("%s: dependencies", block).isPositive();
		for (int i = 0; i < dependencies.getLength(); i++) {
			verify(block, (Element) dependencies.item(i));
		}
		NodeList parents = document.getElementsByTagName("parent");
		if (parents.getLength() > 0) {
			assertThat(text((Element) parents.item(0), "version")).as("%s: parent", block).isEqualTo(this.bootVersion);
		}
	}

	private void verify(Block block, Element dependency) {
		String artifact = text(dependency, "artifactId");
		if (text(dependency, "groupId").equals("dev.ferrule")) {
			assertThat(this.own).as("%s: dependencies", block).containsEntry(artifact, text(dependency, "version"));
			return;
		}
		assertThat(text(dependency, "version")).as("%s: Spring Boot manages %s", block, artifact).isEmpty();
		assertThat(System.getProperty("java.class.path")).as("%s: what these tests use", block)
			.contains(File.separator + artifact + "-");
	}

	private static String text(Element element, String name) {
		NodeList found = element.getElementsByTagName(name);
		return (found.getLength() > 0) ? found.item(0).getTextContent().trim() : "";
	}

	private static Document parse(String xml) throws Exception {
		return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
	}

}
