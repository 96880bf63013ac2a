package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.onednn.ParallelRegion;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads that compute oneDNN's primitives, for what is not one of them. */
final class OpenMpTeam extends ThreadTeam {
    private final AtomicInteger next = new AtomicInteger();
    /** Made for the first task: many a program that predicts has none. */
    private @Nullable ParallelRegion region;

    private OpenMpTeam(int members) {
        super(members);
    }

    /** A team of OpenMP's threads where there are any, else of others. */
    static ThreadTeam of(int members) {
        return ParallelRegion.isPossible() ? new OpenMpTeam(members) : ThreadTeam.start(members);
    }

    @Override
    protected void computeParts() {
        if (region == null) {
            region = new ParallelRegion(this::takeParts);
        }
        next.set(0);
        region.run(members());
    }

    /** OpenMP may have fewer threads than there are parts: whoever has done one takes the next. */
    private void takeParts() {
        for (int member = next.getAndIncrement(); member < members(); member = next.getAndIncrement()) {
            part(member);
        }
    }

    @Override
    protected void end() {
        if (region != null) {
            region.close();
        }
    }
}
