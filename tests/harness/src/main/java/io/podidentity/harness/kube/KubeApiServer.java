package io.podidentity.harness.kube;

import io.podidentity.harness.Await;
import io.podidentity.harness.Cleanup;
import io.podidentity.harness.Folders;
import io.podidentity.harness.HarnessException;
import io.podidentity.harness.net.NetworkNamespace;
import io.podidentity.harness.process.ManagedProcess;
import io.podidentity.harness.process.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real kube-apiserver with its etcd: RBAC is on, service accounts get real tokens, the admission
 * plugins are those that are on by default. It is ready within about 5 s.
 *
 * <p>Until {@link #startControllers()} there is no controller manager: nothing collects garbage,
 * fills aggregated roles such as {@code view}, ends namespaces that are being deleted, or makes
 * service accounts and the pods of workloads. There is never a scheduler or a kubelet: nothing
 * places pods, or ends terminating ones. Pods need a service account: {@link
 * #createNamespace(String)} makes one, and the namespace {@code default} has it from the start.
 * {@link KubeletStandIn} plays the kubelet and the scheduler.
 *
 * <p>Thread-safe, except that a test must not stop it under another one.
 */
public final class KubeApiServer implements KubernetesApi {

  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final AtomicInteger KUBECONFIGS = new AtomicInteger();

  private final EnvtestBinaries binaries;
  private final String token = UUID.randomUUID().toString();
  private final Path folder = Folders.temporary("kube");
  private final Path adminKubeconfig = folder.resolve("admin.kubeconfig");
  private final ServerSite site;
  private final ServiceAccountKeys keys;
  private final Kubectl kubectl;
  private final Cleanup cleanup;
  private final AuditLog audit;
  private @Nullable ManagedProcess etcd;
  private @Nullable ManagedProcess server;
  private @Nullable ManagedProcess controllers;

  private KubeApiServer(ServerSite site, EnvtestBinaries binaries) {
    this.site = site;
    this.binaries = binaries;
    this.keys = ServiceAccountKeys.create(folder);
    this.audit = AuditLog.in(folder);
    this.kubectl = new Kubectl(binaries, site, adminKubeconfig, folder);
    this.cleanup = Cleanup.atExit(() -> Folders.delete(folder));
  }

  /** Starts one on the machine's loopback interface, on ports that are free. */
  public static KubeApiServer start() {
    return start(EnvtestBinaries.find());
  }

  /** The same, of that version. */
  public static KubeApiServer start(EnvtestBinaries binaries) {
    return start(ServerSite.onLoopback(), binaries);
  }

  /**
   * Starts one inside a namespace.
   *
   * @param address one of the namespace's; the port is 6443
   */
  public static KubeApiServer startIn(NetworkNamespace namespace, String address) {
    return startIn(namespace, address, EnvtestBinaries.find());
  }

  /** The same, of that version. */
  public static KubeApiServer startIn(
      NetworkNamespace namespace, String address, EnvtestBinaries binaries) {
    return start(ServerSite.in(namespace, address), binaries);
  }

  /**
   * The one that all tests of this JVM share, on the loopback interface: started by the first call,
   * ended with the JVM. Whoever uses it takes namespaces of its own, and neither stops nor closes
   * it.
   */
  public static KubeApiServer shared() {
    return Shared.SERVER;
  }

  private static KubeApiServer start(ServerSite site, EnvtestBinaries binaries) {
    KubeApiServer api = new KubeApiServer(site, binaries);
    try {
      api.boot();
      return api;
    } catch (RuntimeException e) {
      api.close();
      throw e;
    }
  }

  private void boot() {
    try {
      Files.writeString(tokenFile(), token + ",admin,admin,\"system:masters\"\n");
    } catch (IOException e) {
      throw new UncheckedIOException("writing the admin's token", e);
    }
    etcd = ServerFlags.etcd(binaries, site, folder).start("etcd");
    startServer();
    createDefaultAccount("default");
  }

  /** The API server's URL. */
  public String url() {
    return site.url();
  }

  /**
   * Starts the kube-controller-manager of the same version beside it, with all its controllers but
   * those of nodes. It ends with the API server's {@link #close()}.
   *
   * @throws HarnessException if it is not there; see {@link
   *     io.podidentity.harness.parts.RealPart#KUBE_CONTROLLER_MANAGER}
   */
  public ManagedProcess startControllers() {
    if (controllers != null) {
      throw new HarnessException("the controllers are running");
    }
    ManagedProcess started =
        ServerFlags.kubeControllerManager(binaries, site, adminKubeconfig, keys)
            .start("kube-controller-manager");
    controllers = started;
    return started;
  }

  /** What service accounts asked it for. */
  public AuditLog audit() {
    return audit;
  }

  /** The API server's process, for its log, its memory, and signals to it. */
  public ManagedProcess process() {
    if (server == null) {
      throw new HarnessException("the API server is stopped");
    }
    return server;
  }

  /**
   * Starts the API server again after {@link #stopServer()} or a kill, with the same data, keys,
   * tokens and port, and waits until it is ready. As in a real cluster, the first requests for
   * custom resources may be answered 429 or 503 even then.
   */
  public void startServer() {
    if (server != null && server.isAlive()) {
      throw new HarnessException("the API server is running");
    }
    ManagedProcess started =
        ServerFlags.kubeApiServer(binaries, site, folder, keys, tokenFile(), audit)
            .start("kube-apiserver");
    server = started;
    try {
      Await.until("/readyz of " + url(), READY, () -> isReady(started));
    } catch (HarnessException e) {
      throw new HarnessException(e.getMessage() + "\nits log ends:\n" + started.tail(), e);
    }
  }

  /** Stops the API server as an update does; etcd stays. Connections to its port are refused. */
  public void stopServer() {
    process().stop(STOP);
    server = null;
  }

  /** Freezes the API server: connections are accepted by the kernel, and nobody answers. */
  public void pauseServer() {
    process().signal(Signal.STOP);
  }

  /** Lets the API server go on after {@link #pauseServer()}. */
  public void resumeServer() {
    process().signal(Signal.CONT);
  }

  ManagedProcess etcdProcess() {
    return Objects.requireNonNull(etcd, "etcd");
  }

  @Override
  public Path adminKubeconfig() {
    return adminKubeconfig;
  }

  @Override
  public Path kubeconfigFor(String namespace, String serviceAccount) {
    String issued = kubectl("create", "token", serviceAccount, "-n", namespace, "--duration=24h");
    Path file =
        folder.resolve(serviceAccount + "-" + KUBECONFIGS.incrementAndGet() + ".kubeconfig");
    new Kubeconfig(url(), authority(), issued.strip()).write(file);
    return file;
  }

  @Override
  public String kubectl(String... arguments) {
    return kubectl.command(arguments).output();
  }

  @Override
  public String kubectlWithInput(String input, String... arguments) {
    return kubectl.command(arguments).withInput(input).output();
  }

  @Override
  public void createNamespace(String name) {
    apply("{apiVersion: v1, kind: Namespace, metadata: {name: " + name + "}}");
    createDefaultAccount(name);
  }

  /** Ends both and deletes their data; the {@linkplain #shared() shared} one must not be closed. */
  @Override
  public void close() {
    if (controllers != null) {
      controllers.kill();
    }
    if (server != null) {
      server.kill();
    }
    if (etcd != null) {
      etcd.kill();
    }
    cleanup.run();
  }

  /** What the controller manager does in a real cluster. */
  private void createDefaultAccount(String namespace) {
    apply(
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: %s}}"
            .formatted(namespace));
  }

  private boolean isReady(ManagedProcess process) {
    if (!process.isAlive()) {
      throw new IllegalStateException("kube-apiserver ended; its log ends:\n" + process.tail());
    }
    if (!Files.exists(certificate())) {
      return false;
    }
    new Kubeconfig(url(), authority(), token).write(adminKubeconfig);
    return kubectl.command("get", "--raw", "/readyz").run().exitCode() == 0;
  }

  /** The certificate it made for itself, followed by that of the authority it made for that. */
  private Path certificate() {
    return folder.resolve("certificates").resolve("apiserver.crt");
  }

  private String authority() {
    try {
      return Files.readString(certificate());
    } catch (IOException e) {
      throw new UncheckedIOException("reading the API server's certificate", e);
    }
  }

  private Path tokenFile() {
    return folder.resolve("tokens.csv");
  }

  /** Started by the class loader when it is first asked for. */
  private static final class Shared {
    static final KubeApiServer SERVER = start();
  }
}
