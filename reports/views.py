from django.http import HttpRequest, HttpResponse
def index(request): return HttpResponse()
read = pdf = figures_page = index
def figure_page(request, key): return HttpResponse()
