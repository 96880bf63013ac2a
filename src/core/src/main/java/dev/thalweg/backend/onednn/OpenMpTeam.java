package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.onednn.ParallelRegion;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that compute oneDNN's primitives, for what is not one of them. */
final class OpenMpTeam extends ThreadTeam {
    private final AtomicInteger next = new AtomicInteger();
    private final Optional<ParallelRegion> region;

    private OpenMpTeam(int members) {
        super(members);
        region = ParallelRegion.of(this::takeParts);
    }

    /** A team of OpenMP's threads where there are any, else of others. */
    static ThreadTeam of(int members) {
        OpenMpTeam team = new OpenMpTeam(members);
        return team.region.isPresent() ? team : ThreadTeam.start(members);
    }

    @Override
    protected void computeParts() {
        next.set(0);
        region.orElseThrow().run(members());
    }

    /** OpenMP may have fewer threads than there are parts: whoever has done one takes the next. */
    private void takeParts() {
        for (int member = next.getAndIncrement(); member < members(); member = next.getAndIncrement()) {
            part(member);
        }
    }

    @Override
    protected void end() {
        region.ifPresent(ParallelRegion::close);
    }
}
