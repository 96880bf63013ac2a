package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.tensor.DataType;

/** Our data types as oneDNN's. */
final class DataTypes {
    private DataTypes() {}

    static int code(DataType type) {
        return switch (type) {
            case FLOAT32 -> Dnnl.dnnl_f32();
            case BFLOAT16 -> Dnnl.dnnl_bf16();
            case FLOAT16 -> Dnnl.dnnl_f16();
            case INT32 -> Dnnl.dnnl_s32();
            case INT8 -> Dnnl.dnnl_s8();
            case UINT8 -> Dnnl.dnnl_u8();
        };
    }
}
