package io.podidentity.nmi;

import io.podidentity.api.ErrorReason;
import io.podidentity.api.PodIdentityException;
import io.podidentity.api.explain.Finding;
import io.podidentity.api.explain.Step.Verdict;
import io.podidentity.api.matching.MicPods;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.bin.Findings;
import io.podidentity.bin.OutputFormat;
import io.podidentity.bin.Report;
import io.podidentity.iptables.PodPath;
import io.podidentity.k8s.ClusterHealth;
import io.podidentity.k8s.KubernetesConnection;
import io.podidentity.k8s.Right;
import io.podidentity.k8s.ServedDefinitions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code nmi doctor}: what is the matter with NMI on this node. It writes nothing, and
 * asks for no token.
 *
 * @param rules what tries the rules, and if it has a pod, who answers that
 * @param written whether NMI writes rules here
 * @param metadata where the metadata service is
 * @param probePort of the NMI of this node
 * @param managed whether NMI goes by bindings
 * @param mic by what NMI knows MIC's pods
 * @param kubeconfig null for the service account of the pod that this runs in
 * @param output how to print
 */
record DoctorCommand(
    RulesCheck rules,
    boolean written,
    NmiOptions.Metadata metadata,
    int probePort,
    boolean managed,
    MicPods mic,
    @Nullable Path kubeconfig,
    OutputFormat output) {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final String CHECK = "nmi rules --check";

  /**
   * Looks at all, and prints what it found.
   *
   * @return whether nothing is wrong
   */
  boolean run(String userAgent, Clock clock, PrintStream out) {
    Findings found = new Findings();
    if (written) {
      found.look("rules", part -> rules(found, part));
    }
    if (!rules.pod().isEmpty()) {
      found.look("redirect", part -> redirect(found, part));
    }
    HttpClient client = HttpClients.local();
    found.look("nmi", part -> nmi(client, found, part));
    found.look("imds", part -> imds(client, clock, found, part));
    found.look(
        "cluster",
        part -> {
          try (KubernetesConnection kubernetes = KubernetesConnection.open(kubeconfig, userAgent)) {
            ClusterHealth cluster = new ClusterHealth(kubernetes);
            found.clock("clock", "the API server", cluster.ahead(clock));
            found.rights("permissions", cluster.missing(Right.ofNmi(managed, mic)));
            found.definitions("definitions", new ServedDefinitions(kubernetes).missing());
          }
        });
    Report report = found.report("NMI on this node");
    out.print(report.in(output));
    return report.isWell();
  }

  private void rules(Findings found, String part) {
    List<String> problems = rules.ruleProblems();
    problems.forEach(
        problem ->
            found.add(part, Verdict.WRONG, ErrorReason.REDIRECT_FAILED.code(), problem, CHECK));
    int off = rules.rules().interfacesWithoutRouteLocalnet();
    if (off > 0) {
      found.wrong(
          part,
          Finding.ROUTE_LOCALNET_OFF,
          "route_localnet is off on %d interfaces".formatted(off),
          "sysctl net.ipv4.conf.all.route_localnet=1, or NMI's --redirect-target");
    }
    if (problems.isEmpty()) {
      String tools =
          rules
              .rules()
              .text()
              .lines()
              .filter(line -> line.startsWith("# ") && !line.contains("which NMI"))
              .map(line -> line.substring(2))
              .collect(Collectors.joining("; "));
      found.ok(part, "the rules can be written, by " + tools);
    }
  }

  /** A request takes the pod's way; what answers it says whether it was redirected. */
  private void redirect(Findings found, String part) {
    PodPath.Answer answer = rules.answer();
    String text = rules.pod() + ": " + answer.meaning();
    switch (answer) {
      case NMI -> found.ok(part, text);
      case OTHER -> found.wrong(part, Finding.NOT_REDIRECTED, text, "nmi rules --print");
      case REFUSED -> found.wrong(part, Finding.REDIRECT_REFUSED, text, CHECK);
      case SILENT -> found.wrong(part, Finding.REDIRECT_SILENT, text, CHECK);
    }
  }

  /** It keeps the rules in place and in order, and says itself what is missing. */
  private void nmi(HttpClient client, Findings found, String part) {
    URI ready = URI.create("http://127.0.0.1:%d/readyz".formatted(probePort));
    Optional<HttpResponse<String>> answer = get(client, HttpRequest.newBuilder(ready));
    if (answer.isEmpty()) {
      found.add(
          part,
          Verdict.WARNING,
          Finding.NMI_NOT_READY.code(),
          "no NMI answers probes at port %d of this node".formatted(probePort),
          "nmi doctor --http-probe-port=PORT, as NMI has it");
    } else if (answer.get().statusCode() == 200) {
      found.ok(part, "NMI is ready: its rules are in place and come first");
    } else {
      found.wrong(
          part,
          Finding.NMI_NOT_READY,
          "NMI is not ready: " + answer.get().body().strip().replace("\n", "; "),
          "kubectl logs -n NAMESPACE NMI_POD --tail=50");
    }
  }

  private void imds(HttpClient client, Clock clock, Findings found, String part) {
    URI versions = metadata.uri().resolve("/metadata/versions");
    Instant before = clock.instant();
    Optional<HttpResponse<String>> answer =
        get(client, HttpRequest.newBuilder(versions).header("Metadata", "true"));
    if (answer.isEmpty()) {
      found.wrong(
          part,
          Finding.IMDS_UNREACHABLE,
          "the metadata service does not answer at " + metadata.uri(),
          "curl -H Metadata:true --noproxy '*' " + versions);
      return;
    }
    found.ok(part, "the metadata service answers this node");
    answer
        .get()
        .headers()
        .firstValue("Date")
        .flatMap(DoctorCommand::instant)
        .ifPresent(
            date ->
                found.clock(
                    "clock", "the metadata service", Optional.of(Duration.between(before, date))));
  }

  private static Optional<Instant> instant(String date) {
    try {
      return Optional.of(
          ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<HttpResponse<String>> get(
      HttpClient client, HttpRequest.Builder request) {
    try {
      return Optional.of(
          client.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodIdentityException(ErrorReason.SHUTTING_DOWN, "interrupted", e);
    }
  }
}
