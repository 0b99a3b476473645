package io.podidentity.e2e;

import io.podidentity.harness.kube.KubeApiServer;
import io.podidentity.harness.kube.KubeletStandIn;
import io.podidentity.harness.net.ClusterNetwork;
import io.podidentity.harness.process.Command;
import io.podidentity.harness.process.CommandResult;
import io.podidentity.harness.process.JavaProgram;
import io.podidentity.harness.process.ManagedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The whole system, running. A list of its parts: what there is, and how it hangs together, can be
 * read off {@link #EndToEndCluster()} from top to bottom.
 *
 * <pre>
 *   node          is                         has
 *   vm            a virtual machine          NMI with an audit log, a system-assigned identity
 *   pool000000    instance 0 of scale set    NMI with an audit log, which logs JSON
 *   pool000001    instance 1 of scale set    NMI, which refuses after 2 s instead of 80 s
 *   spare         a virtual machine          NMI as a test starts it, a system-assigned identity
 *   bare          a virtual machine          no NMI and no redirect; not in Kubernetes
 * </pre>
 */
final class EndToEndCluster implements AutoCloseable {

  private static final String MIC_ACCOUNT = "aad-pod-id-mic-service-account";
  private static final String NMI_ACCOUNT = "aad-pod-id-nmi-service-account";

  private final ClusterNetwork network;
  private final SimulatedAzureProcess azure;
  private final KubeApiServer api;
  private final KubeletStandIn kubelet;
  private final TestNode vm;
  private final TestNode firstInstance;
  private final TestNode secondInstance;
  private final TestNode spare;
  private final TestNode bare;
  private final Path micAccount;
  private final Program mic;
  private final InClusterAccount nmiAccount;
  private final Path nmiKubeconfig;
  private final ImdsGuard guard;
  private final DeniedRequests denied;
  private final Map<TestNode, Program> nmis = new LinkedHashMap<>();

  private EndToEndCluster() {
    network = ClusterNetwork.create(5);
    try {
      vm = TestNode.virtualMachine("vm", network.node(0));
      firstInstance = TestNode.instance("pool", 0, network.node(1));
      secondInstance = TestNode.instance("pool", 1, network.node(2));
      bare = TestNode.virtualMachine("bare", network.node(3));
      spare = TestNode.virtualMachine("spare", network.node(4));
      azure =
          SimulatedAzureProcess.start(
              network.azure(),
              InitialAzure.of(List.of(vm, spare), List.of(firstInstance, secondInstance), bare));
      api = KubeApiServer.startIn(network.control(), ClusterNetwork.CONTROL_ADDRESS);
      kubelet = new KubeletStandIn(api);
      for (String manifests : List.of("deploy/crds", "deploy/rbac")) {
        api.apply(ProjectFiles.yaml(manifests));
      }
      List<TestNode> nodes = List.of(vm, firstInstance, secondInstance, spare);
      nodes.forEach(node -> kubelet.registerNode(node.name(), node.providerId()));
      azure.awaitReady();
      guard = new ImdsGuard(azure, nodes);
      denied = new DeniedRequests(api, List.of(MIC_ACCOUNT, NMI_ACCOUNT));
      micAccount = api.kubeconfigFor("default", MIC_ACCOUNT);
      mic = Program.mic(network.control(), "mic-0", 8080, micAccount, azure);
      nmiAccount = InClusterAccount.of(api, "default", NMI_ACCOUNT);
      nmiKubeconfig = api.kubeconfigFor("default", NMI_ACCOUNT);
      nmis.put(vm, Program.nmi(vm, nmiAccount, azure, List.of(AUDIT)));
      nmis.put(firstInstance, Program.nmi(firstInstance, nmiAccount, azure, List.of(AUDIT, JSON)));
      nmis.put(secondInstance, Program.nmi(secondInstance, nmiAccount, azure, IMPATIENT));
      programs().forEach(Program::start);
      programs().forEach(Program::awaitActive);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static final String AUDIT = "--audit-tokens";
  private static final String JSON = "--log-format=json";

  /** Two looks a second apart for an identity that nobody has recorded, 60 for a recorded one. */
  private static final List<String> IMPATIENT =
      List.of(
          "--retry-attempts-for-created=2",
          "--retry-attempts-for-assigned=60",
          "--find-identity-retry-interval=1");

  /** Starts all of it, and waits until MIC and the NMIs are at work: within about 10 s. */
  static EndToEndCluster start() {
    return new EndToEndCluster();
  }

  SimulatedAzureProcess azure() {
    return azure;
  }

  KubeApiServer api() {
    return api;
  }

  KubeletStandIn kubelet() {
    return kubelet;
  }

  ClusterNetwork network() {
    return network;
  }

  /** A virtual machine, with a system-assigned identity. */
  TestNode vm() {
    return vm;
  }

  /** An instance of the scale set; its NMI logs JSON. */
  TestNode firstInstance() {
    return firstInstance;
  }

  /** Another instance of the same scale set; its NMI refuses after 2 s. */
  TestNode secondInstance() {
    return secondInstance;
  }

  /** A node that nothing protects. */
  TestNode bare() {
    return bare;
  }

  /**
   * A virtual machine without an NMI until {@link #startNmi}. From then on its pods are kept from
   * the metadata service; before, none may run here.
   */
  TestNode spare() {
    return spare;
  }

  /**
   * Starts an NMI with flags of its own on {@link #spare()}, and waits until it is at work. Whoever
   * starts it closes it.
   */
  Program startNmi(String... flags) {
    Program nmi = startNmi(nmiAccount, flags);
    nmi.awaitActive();
    return nmi;
  }

  /** As {@link #startNmi(String...)}, as another service account, and without waiting. */
  Program startNmi(InClusterAccount account, String... flags) {
    Program nmi = Program.nmi(spare, account, azure, List.of(flags));
    nmi.start();
    nmis.put(spare, nmi);
    return nmi;
  }

  /** An NMI of that node with flags of its own, not started. Whoever starts it closes it. */
  Program newNmi(TestNode node, String... flags) {
    return Program.nmi(node, nmiAccount, azure, List.of(flags));
  }

  /** The nodes that have an NMI from the start. */
  List<TestNode> nodesWithNmi() {
    return List.of(vm, firstInstance, secondInstance);
  }

  /** MIC; a test that ends or freezes it lets it go on. */
  Program mic() {
    return mic;
  }

  /** Starts a second MIC, and waits until it is there. Whoever starts it closes it. */
  Program startStandbyMic() {
    Program standby = Program.mic(network.control(), "mic-1", 8081, micAccount, azure);
    standby.start();
    standby.awaitHealth("Not Active");
    return standby;
  }

  /**
   * A way to the API server on which its clock is another one: kubeconfigs that take it, made by
   * {@link #byOtherClock}.
   *
   * @param ahead by how much; negative for behind
   * @param port where it listens, at the control plane's address
   */
  ManagedProcess startOtherClock(Duration ahead, int port) {
    ManagedProcess started =
        network
            .control()
            .inside(
                JavaProgram.of(
                    OtherClockMain.class,
                    Integer.toString(port),
                    api.url(),
                    Long.toString(ahead.toSeconds())))
            .start("other-clock");
    started.awaitLine(Pattern.compile("listening"), Duration.ofSeconds(20));
    return started;
  }

  private Path byOtherClock(Path kubeconfig, int port) {
    String other = "http://%s:%d".formatted(ClusterNetwork.CONTROL_ADDRESS, port);
    try {
      return Files.writeString(
          kubeconfig.resolveSibling(port + "-" + kubeconfig.getFileName()),
          Files.readString(kubeconfig).replace(api.url(), other));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code mic doctor} by what listens at that port. */
  Explained micDoctorByOtherClock(int port) {
    return Explained.of(
        Program.micCommand(
            network.control(),
            byOtherClock(micAccount, port),
            azure,
            List.of("doctor", "-output=json")));
  }

  /** {@code nmi doctor}, on a node, by what listens at that port. */
  Explained nmiDoctorByOtherClock(TestNode node, int port) {
    return Explained.of(
        Program.nmiCommand(
            node.network().namespace(),
            byOtherClock(nmiKubeconfig, port),
            azure,
            List.of("doctor", "--output=json", "--http-probe-port=8085"),
            List.of()));
  }

  /** Runs one of MIC's commands to its end, with MIC's permissions. */
  CommandResult micCommand(String... words) {
    return Program.micCommand(network.control(), micAccount, azure, List.of(words));
  }

  /**
   * Runs {@code nmi explain} to its end, away from the nodes, as somebody who may read everything.
   *
   * @param words a pod and flags
   */
  Explained explain(String... words) {
    List<String> all = new ArrayList<>(List.of("explain"));
    all.addAll(List.of(words));
    return Explained.of(
        Program.nmiCommand(network.control(), api.adminKubeconfig(), azure, all, List.of()));
  }

  /** The same on a node, as the service account of NMI. */
  Explained explainOn(TestNode node, String... words) {
    List<String> all = new ArrayList<>(List.of("explain"));
    all.addAll(List.of(words));
    all.add("--node=" + node.name());
    return onNode(node, all);
  }

  /** The same with what the chart gives NMI's container of root's capabilities. */
  Explained explainAsInThePod(TestNode node, String... words) {
    List<String> all = new ArrayList<>(List.of("explain"));
    all.addAll(List.of(words));
    all.add("--node=" + node.name());
    StringBuilder kept = new StringBuilder("-all");
    ChartSecurity.nmi()
        .capabilities()
        .forEach(name -> kept.append(",+").append(name.toLowerCase(Locale.ROOT)));
    return onNode(node, all, List.of("setpriv", "--bounding-set=" + kept, "--inh-caps=-all"));
  }

  /** Runs {@code nmi doctor} to its end, on a node, as the service account of NMI. */
  Explained nmiDoctor(TestNode node, String... flags) {
    List<String> all = new ArrayList<>(List.of("doctor", "--output=json"));
    all.addAll(List.of(flags));
    return onNode(node, all);
  }

  /** The same where its container lacks a capability, such as {@code net_admin}. */
  Explained nmiDoctorWithout(String capability, TestNode node) {
    return onNode(
        node,
        List.of("doctor", "--output=json"),
        List.of("setpriv", "--bounding-set=-" + capability, "--inh-caps=-" + capability));
  }

  private Explained onNode(TestNode node, List<String> words) {
    return onNode(node, words, List.of());
  }

  private Explained onNode(TestNode node, List<String> words, List<String> prefix) {
    return Explained.of(
        Program.nmiCommand(node.network().namespace(), nmiKubeconfig, azure, words, prefix));
  }

  /** Runs {@code mic report workload-identity} for somebody who may do everything. */
  CommandResult administratorsReport() {
    return network
        .control()
        .inside(
            Command.of(
                    ProjectFiles.program("mic"),
                    "report",
                    "workload-identity",
                    "--kubeconfig=" + api.adminKubeconfig())
                .withEnvironment("JAVA_HOME", System.getProperty("java.home")))
        .run();
  }

  Program nmi(TestNode node) {
    Program nmi = nmis.get(node);
    if (nmi == null) {
      throw new IllegalArgumentException(node + " has no NMI");
    }
    return nmi;
  }

  /** The NMI of {@link #firstInstance()}, in training; not started, and not with its own. */
  Program nmiInTraining() {
    return Program.nmiInTraining(firstInstance, nmiAccount, azure, List.of(JSON));
  }

  /** Knows what reached the metadata service. */
  ImdsGuard guard() {
    return guard;
  }

  /** Knows what MIC and NMI were denied. */
  DeniedRequests denied() {
    return denied;
  }

  /** Whole logs of MIC and the NMIs, so far. */
  List<Path> logFiles() {
    return programs().stream().map(program -> program.process().log()).toList();
  }

  /** The ends of all logs, for the report of a failure. */
  String logs() {
    StringBuilder text = new StringBuilder();
    show(text, "simulated Azure", azure.process());
    show(text, "MIC", mic.process());
    nmis.forEach((node, nmi) -> show(text, "NMI of " + node, nmi.process()));
    return text.toString();
  }

  @Override
  public void close() {
    programs().forEach(Program::kill);
    azure.process().kill();
    api.close();
    network.close();
  }

  private List<Program> programs() {
    List<Program> all = new ArrayList<>(List.of(mic));
    all.addAll(nmis.values());
    return all;
  }

  private static void show(StringBuilder text, String title, ManagedProcess process) {
    text.append("---- ").append(title).append(" (").append(process.log()).append(") ends:\n");
    text.append(process.tail()).append('\n');
  }
}
