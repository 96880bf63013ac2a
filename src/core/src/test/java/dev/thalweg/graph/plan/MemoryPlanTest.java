package dev.thalweg.graph.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
    @RepeatedTest(20)
    void buffersAliveTogetherDoNotOverlap(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        MemoryPlan plan = new MemoryPlan();
        List<MemoryPlan.Buffer> buffers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int first = random.nextInt(40);
            buffers.add(new MemoryPlan.Buffer(1 + random.nextInt(5000), first, first + random.nextInt(10)));
            plan.add(buffers.getLast());
        }
        plan.place();
        for (int i = 0; i < buffers.size(); i++) {
            assertEquals(0, plan.offset(i) % 64);
            assertTrue(plan.offset(i) + buffers.get(i).bytes() <= plan.bytes());
            for (int j = 0; j < i; j++) {
                MemoryPlan.Buffer a = buffers.get(i);
                MemoryPlan.Buffer b = buffers.get(j);
                boolean together = a.first() <= b.last() && b.first() <= a.last();
                boolean overlap =
                        plan.offset(i) < plan.offset(j) + b.bytes() && plan.offset(j) < plan.offset(i) + a.bytes();
                assertFalse(together && overlap, i + " and " + j);
            }
        }
        assertTrue(plan.bytes() < plan.unsharedBytes(), "random lifetimes leave something to share");
    }

    @Test
    void aChainNeedsTwoBuffers() {
        MemoryPlan plan = new MemoryPlan();
        for (int i = 0; i < 10; i++) {
            plan.add(new MemoryPlan.Buffer(640, i, i + 1));
        }
        plan.place();
        assertEquals(2 * 640, plan.bytes());
    }
}
