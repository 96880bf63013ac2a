package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.DropoutMaskFill;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.runtime.Updates;
import dev.thalweg.collective.Collective;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Convolutions;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnnException;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Sliding;
import dev.thalweg.onednn.Status;
import dev.thalweg.onednn.Stream;
import dev.thalweg.opencl.OpenClException;
import dev.thalweg.opencl.OpenClHeap;
import dev.thalweg.opencl.OpenClKernel;
import dev.thalweg.opencl.OpenClMemory;
import dev.thalweg.opencl.OpenClProgram;
import dev.thalweg.random.Seeds;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A GPU and its memory. */
final class OpenClGpu implements Processor {
    /** What drivers ask of sub-buffers: {@code CL_DEVICE_MEM_BASE_ADDR_ALIGN} is 128 bytes on Intel's and PoCL's. */
    private static final long ALIGNMENT = 128;

    /** {@link DropoutMaskFill} for one element. */
    private static final String MASK = """
        __kernel void mask(__global float *mask, ulong start, ulong threshold, float kept) {
            ulong z = start + (get_global_id(0) + 1) * GOLDEN;
            z = (z ^ z >> 30) * FIRST_FACTOR;
            z = (z ^ z >> 27) * SECOND_FACTOR;
            z = z ^ z >> 31;
            mask[get_global_id(0)] = z >> 32 < threshold ? 0 : kept;
        }
        """.replace("GOLDEN", literal(Seeds.GOLDEN))
            .replace("FIRST_FACTOR", literal(Seeds.FIRST_FACTOR))
            .replace("SECOND_FACTOR", literal(Seeds.SECOND_FACTOR));

    private final Engine engine;
    private final Stream transfers;
    private final MemorySegment context;
    private final MemorySegment queue;
    private final OpenClHeap heap;
    private final Map<String, OpenClProgram> programs = new HashMap<>();
    private final Scope resources;

    private static String literal(long number) {
        return "0x%XUL".formatted(number);
    }

    OpenClGpu(int index) {
        try (Scope opening = new Scope()) {
            engine = opening.own(Engine.gpu(index));
            transfers = opening.own(new Stream(engine));
            context = engine.openClContext();
            queue = transfers.openClQueue();
            heap = new OpenClHeap(engine.deviceHandle(), context, queue);
            resources = opening.handOver();
        }
    }

    MemorySegment queue() {
        return queue;
    }

    static OpenClMemory memory(Piece piece) {
        return ((DevicePiece) piece).memory();
    }

    /** A function of a program, closed with its owner. */
    OpenClKernel kernel(MemoryOwner owner, String source, String name) {
        OpenClKernel kernel = program(source).kernel(name);
        adopt(owner, 0, kernel::close);
        return kernel;
    }

    /** Has an owner free something, which is freed at once if he is closed. */
    private static void adopt(MemoryOwner owner, long bytes, Runnable free) {
        try {
            owner.adopt(bytes, free);
        } catch (Throwable e) {
            free.run();
            throw e;
        }
    }

    /** A program, built once. */
    private synchronized OpenClProgram program(String source) {
        return programs.computeIfAbsent(
                source, s -> resources.own(OpenClProgram.build(context, engine.deviceHandle(), s)));
    }

    private record DevicePiece(MemoryOwner owner, OpenClMemory memory) implements Piece {
        @Override
        public long bytes() {
            return memory.bytes();
        }

        @Override
        public Piece slice(long offset, long bytes) {
            OpenClMemory part = memory.part(offset, bytes);
            adopt(owner, 0, part::release);
            return new DevicePiece(owner, part);
        }

        @Override
        public void write(MemorySegment data) {
            memory.write(data);
        }

        @Override
        public void read(MemorySegment data) {
            memory.read(data);
        }
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Piece allocate(MemoryOwner owner, long bytes) {
        OpenClMemory memory = heap.allocate(bytes);
        adopt(owner, bytes, memory::release);
        return new DevicePiece(owner, memory);
    }

    @Override
    public long alignment() {
        return ALIGNMENT;
    }

    @Override
    public Memory memory(MemoryDesc layout, Piece piece) {
        return Memory.of(engine, layout, memory(piece));
    }

    @Override
    public Updates updates(MemoryOwner owner, ThreadTeam team, List<HostUpdates.Item> items) {
        return items.isEmpty() ? new HostUpdates(team, items) : new OpenClUpdates(this, owner, items);
    }

    @Override
    public Runnable draw(MemoryOwner owner, ThreadTeam team, DropoutMask op, Piece mask, Seed seed) {
        OpenClKernel kernel = kernel(owner, MASK, "mask");
        kernel.set(0, memory(mask));
        kernel.set(2, DropoutMaskFill.threshold(op));
        kernel.set(3, DropoutMaskFill.kept(op));
        return () -> {
            kernel.set(1, DropoutMaskFill.start(op, seed));
            kernel.enqueue(queue, mask.bytes() / Float.BYTES);
        };
    }

    /** By way of the host, which is who talks to others. */
    @Override
    public SharedSums allReduce(MemoryOwner owner, Collective collective, Piece numbers) {
        MemorySegment host = owner.allocate(numbers.bytes());
        return new SharedSums() {
            @Override
            public void start() {
                numbers.read(host);
                collective.startAllReduce(host);
            }

            @Override
            public void end() {
                numbers.write(host);
            }
        };
    }

    @Override
    public Stream newStream() {
        return Stream.over(engine, queue);
    }

    /** One queue takes everything in order, and reading waits for it. */
    @Override
    public void finish(Stream stream) {}

    @Override
    public boolean hasTeamKernels() {
        return false;
    }

    @Override
    public Optional<String> recurrencesRefused() {
        return RecurrenceRefusal.of(engine.device(), heap.isMixed());
    }

    @Override
    public RuntimeException explain(OneDnnException e) {
        return e.is(Status.RUNTIME_ERROR) || e.is(Status.OUT_OF_MEMORY)
                ? OpenClException.whilePreparing(engine.device(), e)
                : e;
    }

    /** What oneDNN has a convolution for on this device. */
    @Override
    public boolean computesIn(DataType type) {
        Sliding still = new Sliding(new int[] {1, 1}, new int[] {0, 0}, new int[] {0, 0}, new int[] {0, 0});
        try (MemoryDesc picture = MemoryDesc.any(Shape.of(1, 16, 8, 8), type);
                MemoryDesc weights = MemoryDesc.any(Shape.of(16, 16, 1, 1), type);
                PrimitiveDesc forward =
                        Convolutions.forward(engine, true, picture, weights, null, picture, still, Attributes.NONE);
                MemoryDesc gradient = MemoryDesc.any(Shape.of(16, 16, 1, 1), DataType.FLOAT32);
                PrimitiveDesc backward =
                        Convolutions.backwardWeights(engine, picture, gradient, null, picture, still, forward)) {
            return backward.size(Argument.DIFF_WEIGHTS) > 0;
        } catch (OneDnnException e) {
            if (e.is(Status.UNIMPLEMENTED)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public boolean emulates(DataType type) {
        return type == DataType.BFLOAT16 && !engine.device().bfloat16();
    }

    @Override
    public String description() {
        return engine.device().toString();
    }

    @Override
    public void close() {
        resources.close();
    }
}
