package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Descriptors of recurrent cells that run over a sequence in one direction. */
public final class Recurrences {
    private static final int DIRECTION = Dnnl.dnnl_unidirectional_left2right();
    private static final MemorySegment NONE = MemorySegment.NULL;

    /**
     * The memories of a cell, or their gradients.
     *
     * @param src {@code [T, N, I]}
     * @param state the first one and the last one, {@code [1, 1, N, H]}; an LSTM's cell has two of the same form
     * @param weights {@code [1, 1, I, gates, H]}
     * @param weightsIter {@code [1, 1, H, gates, H]}
     * @param bias {@code [1, 1, biases, H]}
     * @param dst {@code [T, N, H]}
     */
    public record Layouts(
            MemoryDesc src,
            MemoryDesc state,
            MemoryDesc weights,
            MemoryDesc weightsIter,
            MemoryDesc bias,
            MemoryDesc dst) {}

    private Recurrences() {}

    /**
     * A cell forward.
     *
     * @param engine where
     * @param lstm whether it is an LSTM, else a linear-before-reset GRU
     * @param training whether a backward pass follows, for which there is a workspace
     * @param l the memories
     * @return the descriptor
     */
    public static PrimitiveDesc forward(Engine engine, boolean lstm, boolean training, Layouts l) {
        return PrimitiveDesc.create(
                lstm ? "dnnl_lstm_forward_primitive_desc_create" : "dnnl_lbr_gru_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, _) -> call(
                        lstm
                                ? Dnnl.dnnl_lstm_forward_primitive_desc_create$handle()
                                : Dnnl.dnnl_lbr_gru_forward_primitive_desc_create$handle(),
                        List.of(out, engine.address(), PrimitiveDesc.forward(training), DIRECTION),
                        memories(lstm, training, l),
                        List.of(Dnnl.dnnl_rnn_flags_undef(), attr)),
                l);
    }

    /**
     * A cell backward. The gradients at weights and bias are added to what stands there.
     *
     * @param engine where
     * @param lstm as forward
     * @param l the memories
     * @param g their gradients
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc backward(Engine engine, boolean lstm, Layouts l, Layouts g, PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                lstm ? "dnnl_lstm_backward_primitive_desc_create" : "dnnl_lbr_gru_backward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, _) -> call(
                        lstm
                                ? Dnnl.dnnl_lstm_backward_primitive_desc_create$handle()
                                : Dnnl.dnnl_lbr_gru_backward_primitive_desc_create$handle(),
                        List.of(out, engine.address(), Dnnl.dnnl_backward(), DIRECTION),
                        memories(lstm, true, l),
                        memories(lstm, true, g),
                        List.of(Dnnl.dnnl_rnn_flags_undef(), hint.address(), attr)),
                l);
    }

    /**
     * The memories in the order of all four functions: peephole and projection are none. There are last states where a
     * backward pass follows, although nobody asks for them: of a GPU, oneDNN 3.13 takes what happens to be in its
     * memory for the gradient at an LSTM's last cell, unless it is given one.
     */
    private static List<MemorySegment> memories(boolean lstm, boolean training, Layouts l) {
        MemorySegment state = l.state().address();
        MemorySegment last = training ? state : NONE;
        List<MemorySegment> memories = new ArrayList<>(List.of(l.src().address(), state));
        if (lstm) {
            memories.add(state);
        }
        memories.addAll(List.of(l.weights().address(), l.weightsIter().address()));
        if (lstm) {
            memories.addAll(List.of(NONE, NONE));
        }
        memories.addAll(List.of(l.bias().address(), l.dst().address(), last));
        if (lstm) {
            memories.add(last);
        }
        return memories;
    }

    private static int call(MethodHandle function, List<?>... arguments) {
        try {
            return (int) function.invokeWithArguments(
                    Arrays.stream(arguments).flatMap(List::stream).toArray());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("oneDNN's functions throw nothing", e);
        }
    }
}
