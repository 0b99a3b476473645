package io.podidentity.harness.kube;

import io.podidentity.harness.process.Command;
import java.nio.file.Path;

/** The command lines of etcd and kube-apiserver. */
final class ServerFlags {

  private ServerFlags() {}

  static Command etcd(EnvtestBinaries binaries, ServerSite site, Path folder) {
    String peers = "http://" + ServerSite.LOOPBACK + ":" + site.etcdPeerPort();
    return site.place(
        Command.of(
            binaries.etcd().toString(),
            "--name=test",
            "--data-dir=" + folder.resolve("etcd"),
            "--listen-client-urls=" + site.etcdUrl(),
            "--advertise-client-urls=" + site.etcdUrl(),
            // Unless told, it listens for peers on a fixed port.
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=test=" + peers,
            // The data need not outlive the machine.
            "--unsafe-no-fsync",
            "--log-level=warn"));
  }

  static Command kubeApiServer(
      EnvtestBinaries binaries,
      ServerSite site,
      Path folder,
      ServiceAccountKeys keys,
      Path tokenFile,
      AuditLog audit) {
    Command command =
        Command.of(
            binaries.kubeApiServer().toString(),
            "--etcd-servers=" + site.etcdUrl(),
            "--bind-address=" + site.address(),
            // Without a default route it finds no address by itself.
            "--advertise-address=" + site.address(),
            "--secure-port=" + site.port(),
            // It makes a self-signed certificate here, and finds it again after a restart.
            "--cert-dir=" + folder.resolve("certificates"),
            "--authorization-mode=RBAC",
            "--token-auth-file=" + tokenFile,
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--service-account-signing-key-file=" + keys.privateKey(),
            "--service-account-key-file=" + keys.publicKey(),
            "--service-cluster-ip-range=10.96.0.0/16",
            // It would be refused: endpoints must not be loopback addresses.
            "--endpoint-reconciler-type=none",
            "--audit-policy-file=" + audit.policy(),
            "--audit-log-path=" + audit.file(),
            "--allow-privileged=true");
    return site.place(command);
  }

  /** Nodes are the harness's: none of the controllers that look after them runs. */
  static Command kubeControllerManager(
      EnvtestBinaries binaries, ServerSite site, Path kubeconfig, ServiceAccountKeys keys) {
    return site.place(
        Command.of(
            binaries.kubeControllerManager().toString(),
            "--kubeconfig=" + kubeconfig,
            "--controllers=*,-node-lifecycle-controller,-node-ipam-controller",
            "--service-account-private-key-file=" + keys.privateKey(),
            "--leader-elect=false",
            // No port: nobody asks it anything.
            "--secure-port=0",
            "--kube-api-qps=500",
            "--kube-api-burst=1000"));
  }
}
