package io.podidentity.e2e;

import io.podidentity.harness.Cleanup;
import io.podidentity.harness.Folders;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.net.Curl;
import io.podidentity.harness.net.HttpAnswer;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.testkit.azure.AzureState;
import io.podidentity.testkit.azure.SimulatedAzureMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Simulated IMDS, Entra and ARM in one process in the azure namespace. Its control endpoint listens
 * on that namespace's loopback, where no node, pod or program can reach it.
 */
final class SimulatedAzureProcess {

  private static final Duration READY = Duration.ofSeconds(30);
  private static final String CONTROL = "127.0.0.1:9000";

  private final NetworkNamespace namespace;
  private final Path folder;
  private final ManagedProcess process;

  private SimulatedAzureProcess(NetworkNamespace namespace, Path folder, ManagedProcess process) {
    this.namespace = namespace;
    this.folder = folder;
    this.process = process;
  }

  /** Starts it; it is there after {@link #awaitReady()}. */
  static SimulatedAzureProcess start(NetworkNamespace namespace, AzureState state) {
    Path folder = Folders.temporary("azure");
    Cleanup.atExit(() -> Folders.delete(folder));
    Path stateFile = folder.resolve("state.json");
    try {
      Files.writeString(stateFile, JsonMapper.shared().writeValueAsString(state));
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + stateFile, e);
    }
    Command command =
        JavaProgram.of(
            SimulatedAzureMain.class,
            "--imds=" + ClusterNetwork.IMDS_ADDRESS + ":80",
            "--arm=" + ClusterNetwork.AZURE_ADDRESS + ":443",
            "--entra=" + ClusterNetwork.AZURE_ADDRESS + ":8443",
            "--control=" + CONTROL,
            "--host=" + ClusterNetwork.AZURE_ADDRESS,
            "--state=" + stateFile,
            "--out=" + folder);
    return new SimulatedAzureProcess(namespace, folder, namespace.inside(command).start("azure"));
  }

  void awaitReady() {
    process.awaitLine(Pattern.compile("^ready "), READY);
  }

  ManagedProcess process() {
    return process;
  }

  /** Where its files are. */
  Path folder() {
    return folder;
  }

  /** {@code azure.json}, {@code azure-environment.json} or {@code ca.pem}, for its clients. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** Makes a user-assigned identity; nothing has it. */
  BoundIdentity createIdentity(String name) {
    BoundIdentity identity =
        new BoundIdentity(name, AzureNames.identity(name), UUID.randomUUID().toString());
    control(
        "PUT",
        "/identities",
        Map.of("resourceId", identity.resourceId(), "clientId", identity.clientId()));
    return identity;
  }

  /** Makes an application known to Entra ID, or changes it. */
  void putApplication(AzureState.Application application) {
    Map<String, String> members = new HashMap<>(Map.of("clientId", application.clientId()));
    putIfThere(members, "tenantId", application.tenantId());
    putIfThere(members, "secret", application.secret());
    putIfThere(members, "certificatePem", application.certificatePem());
    control("PUT", "/applications", members);
  }

  private static void putIfThere(Map<String, String> members, String name, @Nullable String value) {
    if (value != null) {
      members.put(name, value);
    }
  }

  /** What a virtual machine or scale set has now. */
  AzureState.ComputeResource compute(String resourceId) {
    String answer = control("GET", "/computes?id=" + encode(resourceId), Map.of());
    return JsonMapper.shared().readValue(answer, AzureState.ComputeResource.class);
  }

  /** Whether the virtual machine or scale set has the identity now. */
  boolean isAttached(BoundIdentity identity, TestNode node) {
    return compute(node.computeId()).userAssigned().stream()
        .anyMatch(id -> AzureNames.same(id, identity.resourceId()));
  }

  /**
   * Sets how writes to a virtual machine or scale set go.
   *
   * @param mode {@code synchronous}, {@code async-operation} or {@code location}
   * @param status what a write is answered at once
   */
  void writes(String resourceId, String mode, int status, Duration duration) {
    control(
        "PUT",
        "/writes",
        Map.of(
            "resourceId",
            resourceId,
            "mode",
            mode,
            "status",
            status,
            "durationMillis",
            duration.toMillis(),
            "retryAfterSeconds",
            1));
  }

  /** Refuses whoever puts the identity anywhere, for want of a role. */
  void denyAssign(BoundIdentity identity) {
    control("POST", "/denied?id=" + encode(identity.resourceId()), Map.of());
  }

  /** Undoes {@link #denyAssign}. */
  void allowAssign(BoundIdentity identity) {
    control("DELETE", "/denied?id=" + encode(identity.resourceId()), Map.of());
  }

  /** Puts the identity on the virtual machine or scale set, as somebody else may. */
  void attach(BoundIdentity identity, TestNode node) {
    change("attach", identity, node);
  }

  /** Takes the identity off the virtual machine or scale set, as somebody else may. */
  void detach(BoundIdentity identity, TestNode node) {
    change("detach", identity, node);
  }

  private void change(String action, BoundIdentity identity, TestNode node) {
    control(
        "POST",
        "/computes/"
            + action
            + "?id="
            + encode(node.computeId())
            + "&identity="
            + encode(identity.resourceId()),
        Map.of());
  }

  /**
   * Makes a simulator misbehave until the result is closed.
   *
   * @param simulator {@code imds} or {@code entra}
   * @param fault as {@link SimulatedAzureMain} describes it
   */
  Fault fault(String simulator, Map<String, ?> fault) {
    Map<String, Object> members = new HashMap<>(fault);
    members.put("times", 0);
    control("POST", "/faults/" + simulator, members);
    return () -> control("DELETE", "/faults/" + simulator, Map.of());
  }

  /** A simulator's misbehaviour; closing it ends it. */
  interface Fault extends AutoCloseable {
    @Override
    void close();
  }

  /** The requests to Resource Manager, in order, each as {@code METHOD path}. */
  List<String> armRequests() {
    return requests("arm", 0)
        .map(one -> one.path("method").asString() + " " + one.path("path").asString())
        .toList();
  }

  /** The requests to the metadata service after the one of that number. */
  List<ImdsRequest> imdsRequestsAfter(long number) {
    return requests("imds", number)
        .map(
            one ->
                new ImdsRequest(
                    one.path("number").asLong(),
                    one.path("source").asString(),
                    one.path("path").asString() + "?" + one.path("query").asString()))
        .toList();
  }

  private java.util.stream.Stream<JsonNode> requests(String simulator, long since) {
    String answer = control("GET", "/requests/" + simulator + "?since=" + since, Map.of());
    return JsonMapper.shared().readTree(answer).path("requests").valueStream();
  }

  private String control(String method, String path, Map<String, ?> body) {
    String json = body.isEmpty() ? "" : JsonMapper.shared().writeValueAsString(body);
    HttpAnswer answer =
        Curl.in(namespace).request("http://" + CONTROL + path, "-X", method, "--data-binary", json);
    if (answer.status() >= 300) {
      throw new HarnessException(
          method + " " + path + ": " + answer.status() + " " + answer.body());
    }
    return answer.body();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
