package io.podidentity.benchmarks;

import io.undertow.Undertow;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * What NMI's HTTP server can do at best: the same Undertow with as many threads, and a handler that
 * answers the bytes of a file. Prints {@code listening port=N}; ends when it is killed.
 */
final class BareServerMain {
  private BareServerMain() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    byte[] read = Files.readAllBytes(Path.of(arguments[0]));
    ByteBuffer body = ByteBuffer.allocateDirect(read.length).put(read).flip();
    Undertow server =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setIoThreads(Math.min(2, Runtime.getRuntime().availableProcessors()))
            .setWorkerThreads(1)
            .setBufferSize(8 * 1024)
            .setDirectBuffers(true)
            .setHandler(
                exchange -> {
                  exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
                  exchange.getResponseSender().send(body.duplicate());
                })
            .build();
    server.start();
    InetSocketAddress address = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
    System.out.println("listening port=" + address.getPort());
    new CountDownLatch(1).await();
  }
}
