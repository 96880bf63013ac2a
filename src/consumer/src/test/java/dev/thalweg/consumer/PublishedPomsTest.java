package dev.thalweg.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What our POMs say to those who depend on us. */
class PublishedPomsTest {
    /** As Maven Central wants it. */
    private static final List<String> WANTED =
            List.of("name", "description", "url", "licenses", "developers", "scm", "groupId", "artifactId", "version");
    /** Of the build, or of the machine that builds. */
    private static final Set<String> UNWANTED =
            Set.of("parent", "properties", "profiles", "build", "repositories", "pluginRepositories", "modules");

    private static Document pom(Path module) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Publication.pom(module).toFile());
    }

    private static List<String> children(Element element) {
        NodeList nodes = element.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(Element.class::isInstance)
                .map(Node::getNodeName)
                .toList();
    }

    @Test
    void theySayWhatMavenCentralWantsAndNothingOfTheBuild() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, Path> module : Publication.modules().entrySet()) {
            Element project = pom(module.getValue()).getDocumentElement();
            List<String> said = children(project);
            WANTED.stream().filter(name -> !said.contains(name)).forEach(name -> wrong.add(module + " lacks " + name));
            said.stream().filter(UNWANTED::contains).forEach(name -> wrong.add(module + " tells its " + name));
            String text = project.getTextContent();
            for (String unwanted : List.of("${", System.getProperty("user.home"), "junit", "jazzer")) {
                if (text.contains(unwanted)) {
                    wrong.add(module + " contains " + unwanted);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void noneDependsOnWhatTestsNeed() throws Exception {
        for (Path module : Publication.modules().values()) {
            NodeList dependencies = pom(module).getElementsByTagName("dependency");
            for (int i = 0; i < dependencies.getLength(); i++) {
                String text = dependencies.item(i).getTextContent();
                assertFalse(text.matches("(?s).*\\btest\\b.*"), text);
            }
        }
    }

    @Test
    void theirPackagingIsThatOfWhatIsPublished() throws Exception {
        for (Map.Entry<String, Path> module : Publication.modules().entrySet()) {
            Element project = pom(module.getValue()).getDocumentElement();
            String expected = module.getKey().startsWith("thalweg-natives") ? "pom" : "";
            assertEquals(expected, text(project, "packaging"), "empty is jar: " + module);
            assertEquals(module.getKey(), text(project, "artifactId"));
            assertEquals("dev.thalweg", text(project, "groupId"));
            assertEquals(Publication.VERSION, text(project, "version"));
        }
    }

    @Test
    void thePlatformsArtifactsNameTheirNativeJarsAndExcludeWhatComesWithThem() throws Exception {
        assertEquals(Publication.PLATFORMS, natives("thalweg-natives"));
        for (String platform : Publication.PLATFORMS) {
            assertEquals(List.of(platform), natives("thalweg-natives-" + platform));
        }
    }

    /** {@return the platforms of the native jars that an artifact depends on, each of which exists} */
    private static List<String> natives(String artifact) throws Exception {
        NodeList dependencies = pom(Publication.modules().get(artifact)).getElementsByTagName("dependency");
        List<String> platforms = new ArrayList<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            assertEquals("org.bytedeco", text(dependency, "groupId"), artifact);
            assertEquals("dnnl", text(dependency, "artifactId"), artifact);
            NodeList exclusions = dependency.getElementsByTagName("exclusion");
            assertEquals(1, exclusions.getLength(), artifact);
            assertEquals("org.bytedeco", text((Element) exclusions.item(0), "groupId"), artifact);
            assertEquals("*", text((Element) exclusions.item(0), "artifactId"), artifact);
            String platform = text(dependency, "classifier");
            String version = text(dependency, "version");
            Path jar = Publication.MACHINE
                    .resolve("org/bytedeco/dnnl")
                    .resolve(version)
                    .resolve("dnnl-" + version + "-" + platform + ".jar");
            assertTrue(Files.exists(jar), jar.toString());
            platforms.add(platform);
        }
        return platforms;
    }

    /** {@return the text of an element's child of a name; empty if there is none} */
    private static String text(Element element, String name) {
        NodeList nodes = element.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .mapToObj(nodes::item)
                .filter(node -> node.getNodeName().equals(name))
                .map(node -> node.getTextContent().strip())
                .findFirst()
                .orElse("");
    }
}
