package io.podidentity.nmi;

import static io.podidentity.nmi.TestNmi.METADATA;
import static io.podidentity.nmi.TestNmi.TOKEN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.podidentity.api.model.AssignmentState;
import io.podidentity.api.model.AzureIdentity;
import io.podidentity.api.model.ClientId;
import io.podidentity.api.model.Credential;
import io.podidentity.api.model.NamespacedName;
import io.podidentity.api.token.TokenServices;
import io.podidentity.azure.config.AuthorityEndpoints;
import io.podidentity.azure.entra.EntraTokenSource;
import io.podidentity.azure.entra.SecretScope;
import io.podidentity.azure.http.HttpClients;
import io.podidentity.azure.imds.ImdsTokenSource;
import io.podidentity.nmi.RawHttp.Received;
import io.podidentity.testkit.InMemorySecrets;
import io.podidentity.testkit.azure.EntraApplication;
import io.podidentity.testkit.azure.FakeAzure;
import io.podidentity.testkit.azure.FakeEntra;
import io.podidentity.testkit.azure.FakeImds;
import io.podidentity.testkit.azure.UserAssignedIdentity;
import io.podidentity.testkit.http.Fault;
import io.podidentity.testkit.http.Reply;
import io.podidentity.testkit.http.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Plants secrets wherever one comes from, lets each request go right and go wrong, and looks for
 * them in all that leaves: every logger's lines at every level, libraries' too, and every answer,
 * where a token is only in the member that is for it.
 */
class NothingSecretTest {
  private static final TestCertificates CERTIFICATES = TestCertificates.create();
  private static final String TENANT = FakeAzure.DEFAULT_TENANT;
  private static final String APPLICATION = "6b1f0d1c-0000-4000-8000-3f1c8a2f6c11";
  private static final String MACHINE =
      "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
  private static final String SECRET = "PLANTED-client-secret";
  private static final String WRONG_SECRET = "PLANTED-wrong-secret";
  private static final String PASSWORD = "PLANTED-password";
  private static final String IN_AN_ERROR = "PLANTED-in-an-error";

  private final FakeAzure azure = new FakeAzure(Clock.systemUTC());
  private final UserAssignedIdentity identity =
      azure.createIdentity(TestNmi.resourceId("one").value());
  private final FakeEntra entra =
      FakeEntra.start(
          azure,
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          CERTIFICATES.serverContext(List.of()));
  private final FakeImds imds = startImds();
  private final InMemorySecrets secrets = new InMemorySecrets();
  private final TestNmi nmi = new TestNmi();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Level before = root.getLevel();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final List<Received> answers = new ArrayList<>();
  private int pods;

  private FakeImds startImds() {
    azure.createCompute(MACHINE);
    azure.attach(MACHINE, identity);
    return FakeImds.startFor(azure, MACHINE);
  }

  @BeforeEach
  void listen() {
    HttpClient toEntra = HttpClients.cloud(CERTIFICATES.clientContext()).build();
    TokenServices services =
        new TokenServices(
            new ImdsTokenSource(imds.uri(), Duration.ofSeconds(10), "test", Clock.systemUTC()),
            new EntraTokenSource(
                new AuthorityEndpoints(entra.uri(), Set.of()),
                secrets,
                new SecretScope(false, false),
                () -> toEntra,
                "test",
                Duration.ofSeconds(20),
                Clock.systemUTC()));
    nmi.tokens(query -> services.fetch(query).get(0));
    logged.start();
    root.addAppender(logged);
    root.setLevel(Level.TRACE);
  }

  @AfterEach
  void close() throws IOException {
    root.setLevel(before);
    root.detachAppender(logged);
    nmi.close();
    imds.close();
    entra.close();
  }

  @Test
  void noTextHoldsASecretOrAToken() throws IOException {
    everyRequestGoesRight();
    everyRequestGoesWrong();
    nmi.stop();

    assertThat(answers)
        .extracting(Received::status)
        .containsExactly(200, 200, 200, 403, 503, 503, 503, 403, 503, 500);
    String texts = logs() + withoutTheirTokens();
    assertThat(texts).as("it listened").contains("status (200) took", "AADSTS7000215");
    assertThat(texts).doesNotContain("PLANTED").doesNotContain("eyJ");
  }

  private void everyRequestGoesRight() throws IOException {
    entra.register(EntraApplication.withSecret(TENANT, APPLICATION, SECRET));
    ask(managed());
    ask(principal("right", Map.of("clientSecret", SECRET.getBytes(UTF_8))));
    Received again = nmi.from("127.0.0.1").get(hostToken(), "podname: p1", "podns: default").read();
    answers.add(again);
  }

  private void everyRequestGoesWrong() throws IOException {
    ask(principal("wrong", Map.of("clientSecret", WRONG_SECRET.getBytes(UTF_8))));
    ask(certificate("no-file", Map.of("certificate", bytes(SECRET), "password", bytes(PASSWORD))));
    ask(
        certificate(
            "wrong-password",
            Map.of(
                "certificate",
                TestCertificates.selfSigned("app").pkcs12("right"),
                "password",
                bytes(PASSWORD))));
    ask(certificate("no-key", Map.of(SECRET, bytes(SECRET))));

    String error = "{\"error\":\"%s\",\"error_description\":\"%1$s\"}".formatted(IN_AN_ERROR);
    imds.faults().next(Fault.reply(Reply.json(400, error)));
    ask(managed("/400"));
    imds.faults().next(Fault.reply(Reply.json(200, "{\"refresh_token\":\"" + IN_AN_ERROR + "\"}")));
    ask(managed("/200"));

    nmi.tokens(
        query -> {
          throw new IllegalStateException("a defect that says nothing");
        });
    ask(managed("/defect"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private AzureIdentity managed() {
    return managed("");
  }

  private AzureIdentity managed(String more) {
    return new AzureIdentity(
        new NamespacedName("default", "managed" + more.replace("/", "-")),
        "uid" + more,
        1,
        false,
        new Credential.ManagedIdentity(
            TestNmi.resourceId("one"), new ClientId(identity.clientId())));
  }

  private AzureIdentity principal(String name, Map<String, byte[]> secret) {
    return object(name, new Credential.ClientSecret(principalOf(name, secret)));
  }

  private AzureIdentity certificate(String name, Map<String, byte[]> secret) {
    return object(name, new Credential.ClientCertificate(principalOf(name, secret)));
  }

  private Credential.ServicePrincipal principalOf(String name, Map<String, byte[]> entries) {
    NamespacedName secret = new NamespacedName("default", name);
    secrets.put(secret, entries);
    return new Credential.ServicePrincipal(
        TENANT, new ClientId(APPLICATION), secret, List.of(), null);
  }

  private static AzureIdentity object(String name, Credential credential) {
    return new AzureIdentity(new NamespacedName("default", name), "uid", 1, false, credential);
  }

  private static String hostToken() {
    return "/host/token/?" + TestNmi.RESOURCE;
  }

  /** A pod that has that identity asks for a token. */
  private void ask(AzureIdentity bound) throws IOException {
    pods++;
    String address = "127.0.3." + pods;
    nmi.record(nmi.pod("p" + pods, address), bound, AssignmentState.ASSIGNED);
    answers.add(nmi.from(address).get(TOKEN, METADATA).read());
  }

  private String logs() {
    return List.copyOf(logged.list).stream()
        .map(
            event ->
                event.getLoggerName()
                    + " "
                    + event.getFormattedMessage()
                    + (event.getThrowableProxy() == null
                        ? ""
                        : ThrowableProxyUtil.asString(event.getThrowableProxy())))
        .collect(Collectors.joining("\n"));
  }

  private String withoutTheirTokens() {
    return answers.stream()
        .map(
            answer ->
                answer.headers()
                    + answer
                        .body()
                        .replaceAll("\"access_token\":\"[^\"]*\"", "")
                        .replaceAll("\"clientid\":\"[^\"]*\"", ""))
        .collect(Collectors.joining("\n"));
  }
}
