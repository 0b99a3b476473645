package io.podidentity.testkit.azure;

import io.podidentity.testkit.MutableClock;
import io.podidentity.testkit.TestHttp;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A Resource Manager with one virtual machine, one scale set, three identities and a caller. */
final class ArmFixture implements AutoCloseable {
  static final String VERSION = "?api-version=2019-07-01";
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final TestHttp HTTP = TestHttp.trusting(CERTIFICATES.clientContext());

  final MutableClock clock = MutableClock.startingAt(Instant.parse("2020-07-29T00:00:00Z"));
  final FakeAzure azure = new FakeAzure(clock);
  final UserAssignedIdentity one = azure.createIdentity(Ids.identity("One"));
  final UserAssignedIdentity two = azure.createIdentity(Ids.identity("Two"));
  final UserAssignedIdentity three = azure.createIdentity(Ids.identity("Three"));
  final FakeArm arm =
      FakeArm.start(azure, Loopback.anyPort(), CERTIFICATES.serverContext(List.of()));
  final String token = token("https://management.azure.com/", Duration.ofDays(1));

  ArmFixture() {
    azure.createCompute(Ids.VM);
    azure.createCompute(Ids.VMSS);
  }

  String token(String audience, Duration lifetime) {
    return azure
        .tokens()
        .issue(new FakeTokens.Subject("caller-app", "caller-object", null), audience, lifetime)
        .token();
  }

  HttpResponse<String> get(String path) throws IOException {
    return send("GET", path, "");
  }

  HttpResponse<String> patch(String id, String body, String... headers) throws IOException {
    return send("PATCH", id + VERSION, body, headers);
  }

  /** A PATCH of the identities; {@code entries} are members of the map, null for no map. */
  HttpResponse<String> patchIdentity(String id, String type, String... entries) throws IOException {
    String map =
        entries.length == 0
            ? ""
            : ",\"userAssignedIdentities\":{" + String.join(",", entries) + "}";
    return patch(id, "{\"identity\":{\"type\":\"" + type + "\"" + map + "}}");
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException {
    String[] all =
        Stream.concat(
                Stream.of("Authorization", "Bearer " + token, "Content-Type", "application/json"),
                Stream.of(headers))
            .toArray(String[]::new);
    return raw(method, path, body, all);
  }

  HttpResponse<String> raw(String method, String path, String body, String... headers)
      throws IOException {
    String url = path.startsWith("https://") ? path : arm.uri() + path;
    return HTTP.send(method, url, body, headers);
  }

  /** The type and identities of a resource as they are now, in one line. */
  String identitiesOf(String id) {
    IdentityBlock block = azure.compute(id).orElseThrow().identity();
    return block.type() + " " + block.user().stream().map(one -> one.id().name()).toList();
  }

  static String add(String name) {
    return "\"" + Ids.identity(name) + "\":{}";
  }

  static String remove(String name) {
    return "\"" + Ids.identity(name) + "\":null";
  }

  @Override
  public void close() {
    arm.close();
  }
}
