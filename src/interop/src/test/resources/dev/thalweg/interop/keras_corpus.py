"""Writes the corpus of KerasFuzzTest: python3 keras_corpus.py KerasFuzzTestInputs/anyBytesAreReadOrRefused

Whole files begin with "valid". Of the others each is hostile in one way: structures that go round in circles or grow
without end, extents beyond all memory, numbers stored otherwise than Keras does.
"""

import io
import json
import struct
import sys
import zipfile

import h5py
import numpy

NOWHERE = struct.pack("<Q", 2**64 - 1)


def layer(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, **config}, "name": name, "inbound_nodes": []}


def sequential(*layers, shape=(None, 2)):
    return {"class_name": "Sequential", "config": {"name": "s", "layers": [*layers], "build_input_shape": shape}}


DENSE = sequential(layer("Dense", "d", units=1))


def put(name, content):
    with open(f"{sys.argv[1]}/{name}", "wb") as file:
        file.write(content)


def h5(model, weights=(("d", "kernel:0", numpy.zeros([2, 1], "f4")), ("d", "bias:0", numpy.zeros([1], "f4"))), **how):
    content = io.BytesIO()
    libver, create = how.pop("libver", "earliest"), how
    with h5py.File(content, "w", libver=libver) as file:
        file.attrs["model_config"] = model if isinstance(model, str) else json.dumps(model)
        root = file.create_group("model_weights")
        names = {}
        for group, name, array in weights:
            names.setdefault(group, []).append(name.encode())
            root.require_group(group).create_dataset(name, data=array, **create)
        for group, listed in names.items():
            root[group].attrs["weight_names"] = numpy.array(listed)
    return content.getvalue()


def keras(model, compression=zipfile.ZIP_STORED):
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["layers/dense/vars/0"] = numpy.zeros([2, 1], "f4")
        file["layers/dense/vars/1"] = numpy.zeros([1], "f4")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", compression) as archive:
        for name, entry in (("config.json", json.dumps(model)), ("model.weights.h5", content.getvalue())):
            archive.writestr(zipfile.ZipInfo(name), entry, compression)
    return whole.getvalue()


def tree(level, children):
    """A node of the B-tree of a group."""
    node = b"TREE" + struct.pack("<BBH", 0, level, len(children)) + NOWHERE * 2
    return node + b"".join(struct.pack("<QQ", 0, child) for child in children) + bytes(8)


def with_tree(nodes):
    """A file whose root group has other nodes at its end; each is told its own place."""
    whole = bytearray(h5(DENSE))
    root = whole.index(b"TREE")
    end = len(whole)
    place = whole.index(struct.pack("<Q", root))
    while place >= 0:
        whole[place : place + 8] = struct.pack("<Q", end)
        place = whole.find(struct.pack("<Q", root))
    whole += nodes(end)
    whole[40:48] = struct.pack("<Q", len(whole))
    return bytes(whole)


def doubled(place, depth=60):
    """Each node has the next one twice."""
    size = len(tree(1, [0, 0]))
    return b"".join(tree(depth - i, [place + (i + 1) * size] * 2) for i in range(depth)) + tree(0, [])


def nested(depth):
    """Each model calls the one within it twice."""
    model = layer("Dense", "d", units=1)
    for i in range(depth):
        inner = "d" if i == 0 else f"m{i - 1}"
        first = 0 if i == 0 else 1
        model["inbound_nodes"] = [[["x", 0, 0, {}]], [[inner, first, 0, {}]]]
        if i == 0:
            model["name"] = "d"
        layers = [dict(layer("InputLayer", "x", batch_input_shape=[None, 2]), name="x"), model]
        config = {"name": f"m{i}", "layers": layers, "input_layers": [["x", 0, 0]]}
        config["output_layers"] = [[inner, first + 1, 0]]
        model = {"class_name": "Functional", "config": config, "name": f"m{i}"}
    return model


small = numpy.zeros([1], "f4")
put("valid.h5", h5(DENSE))
put("valid-latest.h5", h5(DENSE, libver="latest"))
put("valid-half.h5", h5(DENSE, [("d", "kernel:0", numpy.zeros([2, 1], ">f2")), ("d", "bias:0", small.astype("f8"))]))
put("valid.keras", keras(DENSE))
put("empty", b"")
put("signature-alone.h5", b"\x89HDF\r\n\x1a\n")
put("zip-alone.keras", b"PK\3\4")
put("compressed.keras", keras(DENSE, zipfile.ZIP_DEFLATED))
put("tree-within-itself.h5", with_tree(lambda place: tree(1, [place])))
put("tree-that-doubles.h5", with_tree(doubled))
put("chunks.h5", h5(DENSE, chunks=True))
put("chunks-of-zeros.h5", h5(sequential(layer("Dense", "d", units=1 << 12), shape=(None, 1 << 12)),
    [("d", "kernel:0", numpy.zeros([1 << 12, 1 << 12], "f4"))], chunks=True, compression="gzip", compression_opts=9))
put("whole-numbers.h5", h5(DENSE, [("d", "kernel:0", numpy.zeros([2, 1], "i4")), ("d", "bias:0", small)]))
put("weights-alone.h5", h5("").replace(b"model_config", b"other_config"))
put("no-json.h5", h5("{"))
put("nested-json.h5", h5("[" * 5000))
put("no-model.h5", h5("[]"))
put("wide-dense.h5", h5(sequential(layer("Dense", "d", units=(1 << 31) - 1))))
put("wide-input.h5", h5(sequential(layer("LayerNormalization", "d", center=False, scale=False), shape=(None, 1 << 30))))
put("huge-pictures.h5", h5(sequential(layer("UpSampling2D", "d", size=[1 << 15] * 2), shape=(None, 9, 9, 3))))
put("models-that-double.h5", h5(nested(40)))
put("models-of-nothing-that-double.h5", h5(json.dumps(nested(40)).replace('"Dense"', '"GaussianNoise"')))
circle = [dict(layer("Add", n, inbound_nodes=[]), inbound_nodes=[[[o, 0, 0, {}]]]) for n, o in (("a", "b"), ("b", "a"))]
inputs = dict(layer("InputLayer", "x", batch_input_shape=[None, 2]))
ends = {"input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}
put("layers-in-a-circle.h5", h5({"class_name": "Functional", "config": {"layers": [inputs, *circle], **ends}}))
put("null-shape.h5", h5(sequential(layer("Dense", "d", units=1), shape=(None, None))))
put("lambda.h5", h5(sequential(layer("Lambda", "d", function=["4wEAAA==", None, None]))))
put("many-names.h5", h5(sequential(*[layer("Dense", f"d{i}", units=2) for i in range(300)])))
