package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private final BlockingQueue<Object> freed = new LinkedBlockingQueue<>();

    private Leases<String, Object> leases(Duration idle) {
        return new Leases<>(idle, freed::add);
    }

    @Test
    void whatIsInUseIsSharedAndStays() throws Exception {
        Leases<String, Object> leases = leases(Duration.ZERO);
        Leases<String, Object>.Lease first = leases.take("a", Object::new);
        Leases<String, Object>.Lease second = leases.take("a", Object::new);
        assertSame(first.value(), second.value());
        first.close();
        first.close();
        assertNull(freed.poll(50, TimeUnit.MILLISECONDS));
        Leases<String, Object>.Lease other = leases.take("b", Object::new);
        other.close();
        assertSame(other.value(), freed.poll(10, TimeUnit.SECONDS));
        second.close();
        assertSame(second.value(), freed.poll(10, TimeUnit.SECONDS));
        assertEquals("another", leases.take("a", () -> "another").value());
    }

    /** Tasks of one job come one after another. */
    @Test
    void whatIsWantedAgainSoonIsNotMadeAgain() throws Exception {
        Leases<String, Object> leases = leases(Duration.ofMillis(300));
        Object made = new Object();
        for (int task = 0; task < 4; task++) {
            Leases<String, Object>.Lease lease = leases.take("a", () -> made);
            assertSame(made, lease.value());
            Thread.sleep(100);
            assertNull(freed.poll());
            lease.close();
        }
        assertSame(made, freed.poll(10, TimeUnit.SECONDS));
        assertNull(freed.poll(50, TimeUnit.MILLISECONDS));
    }
}
