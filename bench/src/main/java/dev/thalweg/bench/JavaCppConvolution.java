package dev.thalweg.bench;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A convolution of oneDNN in 32-bit floats through JavaCPP's bindings, in the layouts that it chooses. */
final class JavaCppConvolution implements Runnable {
    private final dnnl_engine engine = new dnnl_engine();
    private final dnnl_stream stream = new dnnl_stream();
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(3);
    /** Kept from the collector while the primitive uses it. */
    private final List<Pointer> kept = new ArrayList<>();

    JavaCppConvolution(String direction, long[] source, long[] weights, long[] result, long stride, long padding) {
        check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0));
        check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags));
        dnnl_memory_desc src = any(source);
        dnnl_memory_desc wei = any(weights);
        dnnl_memory_desc dst = any(result);
        long[] strides = {stride, stride};
        long[] none = {0, 0};
        long[] pads = {padding, padding};
        dnnl_primitive_desc forward = new dnnl_primitive_desc();
        check(dnnl.dnnl_convolution_forward_primitive_desc_create(
                forward,
                engine,
                dnnl.dnnl_forward_training,
                dnnl.dnnl_convolution_direct,
                src,
                wei,
                null,
                dst,
                strides,
                none,
                pads,
                pads,
                null));
        dnnl_primitive_desc desc = direction.equals("forward") ? forward : new dnnl_primitive_desc();
        switch (direction) {
            case "backwardData" ->
                check(dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                        desc,
                        engine,
                        dnnl.dnnl_convolution_direct,
                        src,
                        wei,
                        dst,
                        strides,
                        none,
                        pads,
                        pads,
                        forward,
                        null));
            case "backwardWeights" ->
                check(dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                        desc,
                        engine,
                        dnnl.dnnl_convolution_direct,
                        src,
                        wei,
                        null,
                        dst,
                        strides,
                        none,
                        pads,
                        pads,
                        forward,
                        null));
            default -> {}
        }
        check(dnnl.dnnl_primitive_create(primitive, desc));
        boolean data = direction.equals("backwardData");
        boolean gradient = direction.equals("backwardWeights");
        bind(
                0,
                desc,
                data ? dnnl.DNNL_ARG_DIFF_SRC : dnnl.DNNL_ARG_SRC,
                data ? dnnl.dnnl_query_diff_src_md : dnnl.dnnl_query_src_md);
        bind(
                1,
                desc,
                gradient ? dnnl.DNNL_ARG_DIFF_WEIGHTS : dnnl.DNNL_ARG_WEIGHTS,
                gradient ? dnnl.dnnl_query_diff_weights_md : dnnl.dnnl_query_weights_md);
        bind(
                2,
                desc,
                data || gradient ? dnnl.DNNL_ARG_DIFF_DST : dnnl.DNNL_ARG_DST,
                data || gradient ? dnnl.dnnl_query_diff_dst_md : dnnl.dnnl_query_dst_md);
        arguments.position(0);
    }

    private static dnnl_memory_desc any(long[] dims) {
        dnnl_memory_desc desc = new dnnl_memory_desc();
        check(dnnl.dnnl_memory_desc_create_with_tag(desc, dims.length, dims, dnnl.dnnl_f32, dnnl.dnnl_format_tag_any));
        return desc;
    }

    private void bind(int index, dnnl_primitive_desc desc, int argument, int query) {
        dnnl_memory_desc layout = dnnl.dnnl_primitive_desc_query_md(desc, query, 0);
        BytePointer data = new BytePointer(dnnl.dnnl_memory_desc_get_size(layout)).zero();
        dnnl_memory memory = new dnnl_memory();
        check(dnnl.dnnl_memory_create(memory, layout, engine, data));
        kept.add(data);
        kept.add(memory);
        arguments.position(index).arg(argument).memory(memory);
    }

    static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("status " + status);
        }
    }

    @Override
    public void run() {
        check(dnnl.dnnl_primitive_execute(primitive, stream, 3, arguments));
        check(dnnl.dnnl_stream_wait(stream));
    }
}
