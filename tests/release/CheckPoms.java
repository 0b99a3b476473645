import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;

/**
 * CheckPoms FOLDER: each POM below says what Maven Central asks for
 * (https://central.sonatype.org/publish/requirements/#required-pom-metadata), and stands for itself.
 */
public final class CheckPoms {
  /** An XPath below project, and what the text there looks like. */
  private static final Map<String, String> WANTED =
      Map.ofEntries(
          Map.entry("groupId", "io\\.podidentity"),
          Map.entry("artifactId", "podidentity-[a-z0-9]+"),
          Map.entry("version", "[0-9].*"),
          Map.entry("name", "Pod Identity: .+"),
          Map.entry("description", ".{20,}"),
          Map.entry("url", "https://.+"),
          Map.entry("licenses/license/name", "Apache-2\\.0"),
          Map.entry("licenses/license/url", "https://www\\.apache\\.org/licenses/LICENSE-2\\.0\\.txt"),
          Map.entry("developers/developer/name", "The Pod Identity project"),
          Map.entry("developers/developer/organization", "The Pod Identity project"),
          Map.entry("scm/connection", "scm:git:https://.+"),
          Map.entry("scm/developerConnection", "scm:git:https://.+"),
          Map.entry("scm/url", "https://.+"),
          // Nothing that is not published with it, and nothing of how it was built.
          Map.entry("count(parent)", "0"),
          Map.entry("count(repositories)", "0"),
          Map.entry("count(dependencies/dependency[not(version)])", "0"),
          Map.entry("count(dependencies/dependency[scope='test'])", "0"),
          Map.entry("count(dependencies/dependency[contains(artifactId, '-tests-')])", "0"),
          Map.entry("count(dependencies//*[contains(text(), '${')])", "0"));

  public static void main(String[] args) throws Exception {
    List<String> problems = new ArrayList<>();
    List<Path> poms = poms(Path.of(args[0]));
    for (Path pom : poms) {
      problems.addAll(problems(pom));
    }
    problems.forEach(System.err::println);
    if (poms.isEmpty() || !problems.isEmpty()) {
      System.exit(1);
    }
  }

  private static List<Path> poms(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".pom")).toList();
    }
  }

  private static List<String> problems(Path pom) throws Exception {
    Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    XPath xpath = XPathFactory.newInstance().newXPath();
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, String> wanted : WANTED.entrySet()) {
      String path = wanted.getKey();
      String expression = path.startsWith("count(") ? path.replace("count(", "count(/project/") : "/project/" + path;
      String found = xpath.evaluate(expression, document).strip();
      if (!found.matches("(?s)" + wanted.getValue())) {
        problems.add(pom.getFileName() + ": " + path + " is \"" + found + "\"");
      }
    }
    return problems;
  }
}
