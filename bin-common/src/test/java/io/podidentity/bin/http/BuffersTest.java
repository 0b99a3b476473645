package io.podidentity.bin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BuffersTest {
  private final Buffers buffers = new Buffers(true, 16);

  @Test
  void bufferIsUsedAgainAndEmpty() {
    PooledByteBuffer first = buffers.allocate();
    ByteBuffer bytes = first.getBuffer().put((byte) 1);
    first.close();

    assertThat(buffers.allocate().getBuffer()).isSameAs(bytes);
    assertThat(bytes.remaining()).isEqualTo(16);
    assertThat(bytes.isDirect()).isTrue();
  }

  /** Else two connections would write into one buffer: one pod's token to another. */
  @Test
  void bufferThatIsClosedTwiceComesBackOnce() {
    PooledByteBuffer first = buffers.allocate();
    first.close();
    first.close();

    assertThat(buffers.allocate().getBuffer()).isNotSameAs(buffers.allocate().getBuffer());
    assertThat(first.isOpen()).isFalse();
    assertThatThrownBy(first::getBuffer).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keepsFewAfterAFlood() {
    List<PooledByteBuffer> flood = borrow(1000);
    Set<ByteBuffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    flood.forEach(buffer -> seen.add(buffer.getBuffer()));
    flood.forEach(PooledByteBuffer::close);

    assertThat(borrow(1000)).filteredOn(buffer -> seen.contains(buffer.getBuffer())).hasSize(64);
  }

  private List<PooledByteBuffer> borrow(int count) {
    List<PooledByteBuffer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(buffers.allocate());
    }
    return all;
  }
}
