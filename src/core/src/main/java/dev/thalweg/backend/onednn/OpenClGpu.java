package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.DropoutMaskFill;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.runtime.Updates;
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
import dev.thalweg.opencl.OpenClBuffer;
import dev.thalweg.opencl.OpenClKernel;
import dev.thalweg.opencl.OpenClProgram;
import dev.thalweg.random.Seeds;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A GPU and its memory: OpenCL buffers. */
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
            resources = opening.handOver();
        }
    }

    MemorySegment queue() {
        return queue;
    }

    static OpenClBuffer buffer(Piece piece) {
        return ((BufferPiece) piece).buffer();
    }

    /** A function of a program, closed with its owner. */
    OpenClKernel kernel(MemoryOwner owner, String source, String name) {
        OpenClKernel kernel = program(source).kernel(name);
        owner.adopt(0, kernel::close);
        return kernel;
    }

    /** A program, built once. */
    private synchronized OpenClProgram program(String source) {
        return programs.computeIfAbsent(
                source, s -> resources.own(OpenClProgram.build(context, engine.deviceHandle(), s)));
    }

    private record BufferPiece(MemoryOwner owner, OpenClBuffer buffer) implements Piece {
        @Override
        public long bytes() {
            return buffer.bytes();
        }

        @Override
        public Piece slice(long offset, long bytes) {
            OpenClBuffer part = buffer.part(offset, bytes);
            owner.adopt(0, part::release);
            return new BufferPiece(owner, part);
        }

        @Override
        public void write(MemorySegment data) {
            buffer.write(data);
        }

        @Override
        public void read(MemorySegment data) {
            buffer.read(data);
        }
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Piece allocate(MemoryOwner owner, long bytes) {
        OpenClBuffer buffer = OpenClBuffer.allocate(context, queue, bytes);
        owner.adopt(bytes, buffer::release);
        return new BufferPiece(owner, buffer);
    }

    @Override
    public long alignment() {
        return ALIGNMENT;
    }

    @Override
    public Memory memory(MemoryDesc layout, Piece piece) {
        return Memory.ofBuffer(engine, layout, buffer(piece));
    }

    @Override
    public Updates updates(MemoryOwner owner, ThreadTeam team, List<HostUpdates.Item> items) {
        return items.isEmpty() ? new HostUpdates(team, items) : new OpenClUpdates(this, owner, items);
    }

    @Override
    public Runnable draw(MemoryOwner owner, ThreadTeam team, DropoutMask op, Piece mask, Seed seed) {
        OpenClKernel kernel = kernel(owner, MASK, "mask");
        kernel.set(0, buffer(mask));
        kernel.set(2, DropoutMaskFill.threshold(op));
        kernel.set(3, DropoutMaskFill.kept(op));
        return () -> {
            kernel.set(1, DropoutMaskFill.start(op.stream(), seed));
            kernel.enqueue(queue, mask.bytes() / Float.BYTES);
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

    /** oneDNN 3.13 divides by zero in {@code rnn::utils::init_conf} on the device tried, which ends the process. */
    @Override
    public boolean hasRecurrences() {
        return false;
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
