package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;

/** Descriptors of recurrent cells that run over a sequence in one direction. */
public final class Recurrences {
    private static final int DIRECTION = Dnnl.dnnl_unidirectional_left2right();
    private static final MemorySegment NONE = MemorySegment.NULL;

    /**
     * The memories of a cell, or their gradients.
     *
     * @param src {@code [T, N, I]}
     * @param state the first one, {@code [1, 1, N, H]}; an LSTM's cell has one of the same form
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
        int kind = PrimitiveDesc.forward(training);
        int flags = Dnnl.dnnl_rnn_flags_undef();
        return lstm
                ? PrimitiveDesc.create(
                        "dnnl_lstm_forward_primitive_desc_create",
                        Attributes.NONE,
                        (out, attr, arena) -> Dnnl.dnnl_lstm_forward_primitive_desc_create(
                                out,
                                engine.address(),
                                kind,
                                DIRECTION,
                                l.src().address(),
                                l.state().address(),
                                l.state().address(),
                                l.weights().address(),
                                l.weightsIter().address(),
                                NONE,
                                NONE,
                                l.bias().address(),
                                l.dst().address(),
                                NONE,
                                NONE,
                                flags,
                                attr),
                        l)
                : PrimitiveDesc.create(
                        "dnnl_lbr_gru_forward_primitive_desc_create",
                        Attributes.NONE,
                        (out, attr, arena) -> Dnnl.dnnl_lbr_gru_forward_primitive_desc_create(
                                out,
                                engine.address(),
                                kind,
                                DIRECTION,
                                l.src().address(),
                                l.state().address(),
                                l.weights().address(),
                                l.weightsIter().address(),
                                l.bias().address(),
                                l.dst().address(),
                                NONE,
                                flags,
                                attr),
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
        int kind = Dnnl.dnnl_backward();
        int flags = Dnnl.dnnl_rnn_flags_undef();
        return lstm
                ? PrimitiveDesc.create(
                        "dnnl_lstm_backward_primitive_desc_create",
                        Attributes.NONE,
                        (out, attr, arena) -> Dnnl.dnnl_lstm_backward_primitive_desc_create(
                                out,
                                engine.address(),
                                kind,
                                DIRECTION,
                                l.src().address(),
                                l.state().address(),
                                l.state().address(),
                                l.weights().address(),
                                l.weightsIter().address(),
                                NONE,
                                NONE,
                                l.bias().address(),
                                l.dst().address(),
                                NONE,
                                NONE,
                                g.src().address(),
                                g.state().address(),
                                g.state().address(),
                                g.weights().address(),
                                g.weightsIter().address(),
                                NONE,
                                NONE,
                                g.bias().address(),
                                g.dst().address(),
                                NONE,
                                NONE,
                                flags,
                                hint.address(),
                                attr),
                        l)
                : PrimitiveDesc.create(
                        "dnnl_lbr_gru_backward_primitive_desc_create",
                        Attributes.NONE,
                        (out, attr, arena) -> Dnnl.dnnl_lbr_gru_backward_primitive_desc_create(
                                out,
                                engine.address(),
                                kind,
                                DIRECTION,
                                l.src().address(),
                                l.state().address(),
                                l.weights().address(),
                                l.weightsIter().address(),
                                l.bias().address(),
                                l.dst().address(),
                                NONE,
                                g.src().address(),
                                g.state().address(),
                                g.weights().address(),
                                g.weightsIter().address(),
                                g.bias().address(),
                                g.dst().address(),
                                NONE,
                                flags,
                                hint.address(),
                                attr),
                        l);
    }
}
