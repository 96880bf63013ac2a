-- A script for wrk: asks a model about one picture of 3 x 32 x 32 bytes, by the protocol's binary extension.
math.randomseed(1)
local pixels = {}
for i = 1, 3 * 32 * 32 do
  pixels[i] = string.char(math.random(0, 255))
end
local header = '{"inputs":[{"name":"pictures","datatype":"UINT8","shape":[1,3,32,32],'
  .. '"parameters":{"binary_data_size":3072}}]}'
wrk.method = "POST"
wrk.body = header .. table.concat(pixels)
wrk.headers["Inference-Header-Content-Length"] = tostring(#header)
