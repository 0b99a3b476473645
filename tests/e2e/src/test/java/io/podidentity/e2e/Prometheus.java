package io.podidentity.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.podidentity.harness.Await;
import io.podidentity.harness.Folders;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.harness.prometheus.PrometheusBinaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Prometheus that scrapes programs each second, and has the project's alert rules. */
final class Prometheus implements AutoCloseable {

  private static final Duration READY = Duration.ofSeconds(30);
  private static final String ADDRESS = "127.0.0.1:9095";

  private final NetworkNamespace network;
  private final Path folder;
  private final ManagedProcess process;

  private Prometheus(NetworkNamespace network, Path folder, ManagedProcess process) {
    this.network = network;
    this.folder = folder;
    this.process = process;
  }

  /**
   * Starts it, and waits until it has scraped all of them.
   *
   * @param targets each as {@code ADDRESS:PORT}
   */
  static Prometheus start(NetworkNamespace network, List<String> targets) {
    Path folder = Folders.temporary("prometheus");
    try {
      Files.writeString(folder.resolve("alerts.yaml"), ProjectFiles.text(MonitoringFiles.ALERTS));
      Files.writeString(
          folder.resolve("prometheus.yaml"),
          """
          global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
          rule_files: [alerts.yaml]
          scrape_configs:
            - {job_name: pod-identity, static_configs: [{targets: ["%s"]}]}
          """
              .formatted(String.join("\", \"", targets)));
    } catch (IOException e) {
      throw new UncheckedIOException("writing into " + folder, e);
    }
    Command command =
        Command.of(
            PrometheusBinaries.find().server().toString(),
            "--config.file=" + folder.resolve("prometheus.yaml"),
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=" + ADDRESS);
    Prometheus prometheus =
        new Prometheus(network, folder, network.inside(command).start("prometheus"));
    Await.asserted(READY, () -> assertThat(prometheus.query("up == 1")).hasSameSizeAs(targets));
    return prometheus;
  }

  /**
   * Evaluates an expression now.
   *
   * @return the labels of each series of the result, by name, as {@code NAME=VALUE}
   */
  List<List<String>> query(String expression) {
    HttpAnswer answer =
        Curl.in(network)
            .request(
                "http://" + ADDRESS + "/api/v1/query", "--data-urlencode", "query=" + expression);
    assertThat(answer.status()).as(expression + ": " + answer.body()).isEqualTo(200);
    return JsonMapper.shared()
        .readTree(answer.body())
        .path("data")
        .path("result")
        .valueStream()
        .map(series -> labels(series.path("metric")))
        .toList();
  }

  /** What became of the last evaluation of each alert rule: {@code NAME: HEALTH, ERROR}. */
  List<String> rules() {
    String body = Curl.in(network).request("http://" + ADDRESS + "/api/v1/rules").body();
    return JsonMapper.shared()
        .readTree(body)
        .path("data")
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .map(
            rule ->
                rule.path("name").asString()
                    + ": "
                    + rule.path("health").asString()
                    + rule.path("lastError").asString(""))
        .toList();
  }

  @Override
  public void close() {
    process.kill();
    Folders.delete(folder);
  }

  private static List<String> labels(JsonNode metric) {
    var sorted =
        metric
            .propertyStream()
            .collect(
                Collectors.toMap(
                    one -> one.getKey(),
                    one -> one.getValue().asString(),
                    (one, other) -> one,
                    TreeMap::new));
    return sorted.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).toList();
  }
}
