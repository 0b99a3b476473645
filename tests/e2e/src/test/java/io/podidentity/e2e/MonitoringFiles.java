package io.podidentity.e2e;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard and the alert rules of {@code deploy/monitoring}. */
final class MonitoringFiles {

  static final String ALERTS = "deploy/monitoring/alerts.yaml";
  static final String DASHBOARD = "deploy/monitoring/dashboard.json";

  /** A metric, with what its labels must be. */
  private static final Pattern SELECTOR =
      Pattern.compile("\\b(?:aadpodidentity|podidentity|process)_\\w+(?:\\{[^}]*\\})?");

  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");

  private MonitoringFiles() {}

  /** The expression of each alert, by its name. */
  static Map<String, String> alerts() {
    Rules rules = Serialization.unmarshal(ProjectFiles.text(ALERTS), Rules.class);
    Map<String, String> alerts = new LinkedHashMap<>();
    rules.groups().stream()
        .flatMap(group -> group.rules().stream())
        .forEach(rule -> alerts.put(rule.get("alert").toString(), rule.get("expr").toString()));
    return alerts;
  }

  /** The expressions of each panel, by its title, with the variables that Grafana fills in. */
  static Map<String, List<String>> panels() {
    Map<String, List<String>> panels = new LinkedHashMap<>();
    for (JsonNode panel :
        JsonMapper.shared().readTree(ProjectFiles.text(DASHBOARD)).path("panels")) {
      if (!panel.path("type").asString().equals("row")) {
        panels.put(
            panel.path("title").asString(),
            panel
                .path("targets")
                .valueStream()
                .map(target -> target.path("expr").asString())
                .map(it -> it.replace("$__rate_interval", "1m").replace("$instance", ".*"))
                .toList());
      }
    }
    return panels;
  }

  /** The selectors of series in an expression. */
  static Set<String> selectors(String expression) {
    return SELECTOR
        .matcher(expression)
        .results()
        .map(found -> found.group())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The labels by which an expression groups or joins. */
  static Set<String> groupings(String expression) {
    return GROUPING
        .matcher(expression)
        .results()
        .flatMap(found -> Stream.of(found.group(1).split(", *")))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private record Rules(List<Group> groups) {}

  private record Group(String name, List<Map<String, Object>> rules) {}
}
