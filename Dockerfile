# JupyterLab with the kernel "Go (Sheaf)" on port 8888:
#
#	docker build -t sheaf . && docker run -p 8888:8888 sheaf
#
# The address with its token is in the log. Notebooks are kept outside with
# -v "$PWD":/home/sheaf/work.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -o /out/sheaf .

# The Go toolchain and g++ stay for people who build Go in the container.
FROM golang:1.26-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY install/requirements.txt /tmp/requirements.txt
RUN python3 -m venv /opt/jupyter \
 && /opt/jupyter/bin/pip install --no-cache-dir -r /tmp/requirements.txt \
 && rm /tmp/requirements.txt
ENV PATH=/opt/jupyter/bin:$PATH

COPY --from=build /out/sheaf /usr/local/bin/sheaf
RUN sheaf install --prefix /opt/jupyter

RUN useradd --create-home sheaf
USER sheaf
WORKDIR /home/sheaf
COPY --chown=sheaf notebooks/tour/ tour/

EXPOSE 8888
CMD ["jupyter", "lab", "--no-browser", "--ip=0.0.0.0", "--port=8888", "--MultiKernelManager.default_kernel_name=sheaf"]
